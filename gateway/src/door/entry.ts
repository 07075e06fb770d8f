import { BlockList, isIP, type Socket } from 'node:net';
import { defineProblem, invalidRequest, REQUEST_ID_HEADER, type App } from '@emall/runtime';
import { crossSiteFault } from './cross-site.ts';
import { plainPath } from './path.ts';
import { refuse } from './refuse.ts';

export const crossSite = defineProblem('cross-site', 403, 'This call came from somewhere else');
const lengthRequired = defineProblem('length-required', 411, 'Say how long the body is');
const tooLarge = defineProblem('payload-too-large', 413, 'The body is too large');

export const MAX_BODY = 65_536;

/** What every call must pass before it is routed anywhere. One hook, because each costs every request. */
export function guardEntry(app: App, origin: string): void {
  const closing = new WeakSet<object>();
  app.addHook('onRequest', (request, reply, done) => {
    const { method, url, headers } = request;
    const path = plainPath(url);
    if (path === undefined) return void refuse(invalidRequest({ detail: 'The address is not well-formed.' }), request, reply);
    const fault = crossSiteFault(method, path, headers, origin);
    if (fault !== undefined) return void refuse(crossSite({ detail: fault }), request, reply);
    // The edge buffers bodies and knows their length; without one a body could go on for ever.
    const unbounded = headers['transfer-encoding'] !== undefined;
    if (unbounded || Number(headers['content-length'] ?? 0) > MAX_BODY) {
      closing.add(request.raw.socket);
      return void refuse((unbounded ? lengthRequired : tooLarge)({ headers: { connection: 'close' } }), request, reply);
    }
    done();
  });
  // What follows a refused body may not be HTTP: the refusal was the answer, and there is no other.
  app.server.prependListener('clientError', (_error: Error, socket: Socket) => {
    if (closing.has(socket)) socket.destroySoon();
  });
}

/** A request id is taken from the edge alone; everybody else gets a new one. Done before Fastify looks at the request. */
export function believeIdsOf(app: App, proxies: readonly string[]): void {
  const trusted = new BlockList();
  for (const address of proxies) trusted.addAddress(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  app.server.prependListener('request', ({ headers, socket }) => {
    const { remoteAddress = '', remoteFamily } = socket;
    if (!trusted.check(remoteAddress, remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4')) delete headers[REQUEST_ID_HEADER];
  });
}
