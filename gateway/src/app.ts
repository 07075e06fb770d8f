import { type App, createService, type Log, notFound, toProblem } from '@emall/runtime';
import openapi from '../openapi.json' with { type: 'json' };
import { believeIdsOf, guardEntry } from './door/entry.ts';
import { refuse } from './door/refuse.ts';
import { GuestCookies } from './guests/guest.ts';
import { limitRequests } from './limits/limit-requests.ts';
import type { Limits } from './limits/limits.ts';
import { type ProxyOptions, proxyRoutes } from './proxy/proxy.ts';
import type { Upstream } from './proxy/table.ts';

export interface Deps extends Pick<ProxyOptions, 'guarded'> {
  log?: Log;
  version?: string;
  upstreams: Record<Upstream, string>;
  identityKey: Buffer;
  publicUrl: URL;
  /** Addresses of the edge. */
  trustedProxies: string[];
  /** What a client may ask for; without them nobody is limited. */
  limits?: Limits | undefined;
}

export async function buildApp({ log, version = 'dev', upstreams, identityKey, publicUrl, trustedProxies, limits, guarded = true }: Deps): Promise<App> {
  const app = await createService({ name: 'gateway', version, trustProxy: trustedProxies, onError: (error, request, reply) => refuse(toProblem(error), request, reply), ...(log && { log }) });
  believeIdsOf(app, trustedProxies);
  guardEntry(app, publicUrl.origin);
  const cookies = new GuestCookies(publicUrl, identityKey);
  if (limits) limitRequests(app, limits, { cookies, edge: trustedProxies });

  const contract = JSON.stringify(openapi);
  app.get('/api/openapi.json', (_request, reply) =>
    reply.headers({ 'cache-control': 'public, max-age=60, s-maxage=60', 'content-type': 'application/json; charset=utf-8' }).send(contract),
  );
  app.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  for (const url of ['/api', '/api/*', '/internal', '/internal/*']) {
    app.all(url, (request, reply) => refuse(notFound(), request, reply));
  }
  await app.register(proxyRoutes, { upstreams, identityKey, cookies, guarded });
  return app;
}
