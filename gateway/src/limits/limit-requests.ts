import { type App, defineProblem } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';
import { refuse } from '../door/refuse.ts';
import type { GuestCookies } from '../guests/guest.ts';
import { networkOf } from './address.ts';
import type { Client, Limits } from './limits.ts';
import { type Work, workOf } from './table.ts';

const tooMany = defineProblem('too-many-requests', 429, 'Too many requests');

/**
 * Turns away who asks for more than a client may, before anything is done for them.
 * @param edge its addresses: a call without a client is its own, for a page that everybody is to be served. It has a copy, and
 *   serves that when it is turned away
 */
export function limitRequests(app: App, limits: Limits, { cookies, edge }: { cookies: GuestCookies; edge: readonly string[] }): void {
  const ofEdge = new Set(edge);
  app.addHook('onRequest', (request, reply, done) => {
    const renews = request.headers['x-forwarded-for'] === undefined && ofEdge.has(request.ip);
    const work = renews ? 'renewal' : workOf(request.method, request.url);
    const refusal = limits.admit(work, clientOf(work, request, cookies));
    if (!refusal) return done();
    const { retryAfterS } = refusal;
    const detail = `This is more than we do for one client at a time. Please try again in ${retryAfterS} s.`;
    refuse(tooMany({ detail, headers: { 'retry-after': String(retryAfterS) } }), request, reply);
  });
  app.addHook('onClose', async () => limits.close());
}

const KNOWS_SHOPPERS: ReadonlySet<Work> = new Set(['change', 'checkout']);

/** The address is that of the edge's peer: what clients say of theirs is overwritten there, and believed from nobody else. */
function clientOf(work: Work, { ip, headers }: FastifyRequest, cookies: GuestCookies): Client {
  const address = networkOf(ip);
  if (!KNOWS_SHOPPERS.has(work)) return { address, shopper: undefined, stranger: undefined };
  const shopper = cookies.readMinted(headers.cookie);
  return { address, shopper, stranger: shopper === undefined ? address : undefined };
}
