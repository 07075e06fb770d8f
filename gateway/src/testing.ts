import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { ALIVE_PATH, guardRequests, type Identity, type Limiter, verifyIdentity } from '@emall/runtime';
import { fakeUpstream, testIdentityKeys, type UpstreamCall, type UpstreamHandler } from '@emall/runtime/testing';
import { request } from 'undici';
import { buildApp, type Deps } from './app.ts';
import { admission } from './proxy/admission.ts';
import type { Upstream } from './proxy/table.ts';

export const PUBLIC_URL = 'https://shop.example:8443';
export const GUEST_COOKIE = '__Host-emall-8443';
export const ITEMS_COOKIE = 'emall-items-8443';
const NAMES: readonly Upstream[] = ['catalog', 'cart', 'order', 'storefront'];

/** A listening gateway before four fake services that answer everything with 200 and their name. */
export async function openGateway({ limiter, ...options }: Partial<Deps> & { limiter?: Limiter } = {}) {
  const services = Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await openService(name)] as const)));
  const urls = Object.fromEntries(NAMES.map((name) => [name, services[name]?.url])) as Record<Upstream, string>;
  const identityKey = testIdentityKeys.get('gateway') as Buffer;
  const app = await buildApp({ upstreams: urls, identityKey, publicUrl: new URL(PUBLIC_URL), trustedProxies: ['127.0.0.1'], ...options });
  if (limiter) guardRequests(app, limiter, admission);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;

  return {
    app,
    port,
    services: services as Record<Upstream, Awaited<ReturnType<typeof openService>>>,
    /** Calls that reached any service since the last time this was asked. */
    reached: (): (UpstreamCall & { service: string })[] =>
      NAMES.flatMap((service) => (services[service]?.calls.splice(0) ?? []).filter(({ url }) => url !== ALIVE_PATH).map((call) => Object.assign(call, { service }))),
    async call(method: string, path: string, { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {}) {
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const ours = method === 'GET' ? {} : { origin: PUBLIC_URL };
      const response = await request(`http://127.0.0.1:${port}${path}`, {
        method: method as 'GET',
        headers: { ...ours, ...json, ...headers },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      });
      const text = await response.body.text();
      return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text), cookies: [response.headers['set-cookie'] ?? []].flat() };
    },
    /** Sends bytes as they are and collects all that comes back until the gateway closes or stays silent. */
    async raw(text: string, silenceMs = 3000): Promise<string> {
      const socket = connect(port, '127.0.0.1');
      socket.write(text);
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.setTimeout(silenceMs, () => socket.destroy());
      await once(socket, 'close');
      return received;
    },
    close: async () => {
      await app.close();
      await Promise.all(NAMES.map((name) => services[name]?.close()));
    },
  };
}

export type OpenGateway = Awaited<ReturnType<typeof openGateway>>;

async function openService(name: string) {
  const handlers: Record<string, UpstreamHandler> = Object.fromEntries(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'].map((method) => [`${method} /*`, () => ({ body: { service: name } })]));
  // A service that is slow with its work says all the same that it is there.
  handlers[`GET ${ALIVE_PATH}`] = () => ({ status: 204 });
  return fakeUpstream(handlers);
}

/** Who the gateway says the call is for. */
export function identityOf(call: UpstreamCall | undefined): Identity | undefined {
  const header = call?.headers['x-emall-identity'];
  return typeof header === 'string' ? verifyIdentity(header, testIdentityKeys) : undefined;
}

/** The value of a cookie that an answer sets. */
export function cookieOf(cookies: string[], name: string): string | undefined {
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1).split(';', 1)[0];
}
