import { hash } from 'node:crypto';
import { IDENTITY_HEADER, notFound, type ProblemError, unavailable } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Category } from './shapes.ts';
import type { Deps } from './deps.ts';
import type { Shop } from './shop.ts';

/**
 * The same for every shopper. A change is on every page within 5 s: catalog's replicas learn of it within 1 s, and nginx serves
 * what it has for 1 + 1 s and, as it counts whole seconds, for up to one more. Browsers ask each time.
 */
const SHARED = 'public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=600';
const PRIVATE = 'private, no-store';

/** A page that is the same for everybody; whoever has this very page is told so instead. */
export async function sendShared(reply: FastifyReply, html: JSX.Element) {
  const page = await html;
  const etag = `"${hash('sha1', page, 'base64url')}"`;
  reply.header('etag', etag);
  if (reply.request.headers['if-none-match']?.replaceAll('W/', '').split(/\s*,\s*/).includes(etag)) {
    return reply.code(304).header('cache-control', SHARED).send();
  }
  return send(reply, SHARED, page);
}

/** A page that belongs to one shopper, or to one moment. */
export function sendPrivate(reply: FastifyReply, html: JSX.Element) {
  return send(reply, PRIVATE, html);
}

async function send(reply: FastifyReply, cacheControl: string, html: JSX.Element) {
  reply.header('cache-control', cacheControl).type('text/html; charset=utf-8');
  return reply.send(await html);
}

/** After a form: the browser fetches the next page, so that going back never asks to send the form again. */
export function seeOther(reply: FastifyReply, location: string) {
  return reply.header('cache-control', PRIVATE).redirect(location, 303);
}

/** The same for a form that htmx may have sent: the browser leaves the page, which a redirect of a fetch would not make it do. */
export function leadTo(request: FastifyRequest, reply: FastifyReply, location: string) {
  if (!wantsFragment(request)) return seeOther(reply, location);
  return reply.code(204).headers({ 'cache-control': PRIVATE, 'hx-redirect': location }).send();
}

/** htmx asks for a fragment. Only where the answer is not cached: a shared page is the same with and without it. */
export function wantsFragment(request: FastifyRequest): boolean {
  return request.headers['hx-request'] === 'true';
}

/** A shopper who never put anything into a cart has none, and nothing that could be asked for in their name. */
export function hasIdentity(request: FastifyRequest): boolean {
  return request.headers[IDENTITY_HEADER] !== undefined;
}

/** What the pages of one request are drawn with. */
export function shopOf({ assets, currency, publicUrl }: Deps, departments: Category[]): Shop {
  return { assets, currency, publicUrl, departments };
}

interface Exchange<Data> {
  data?: Data;
  error?: unknown;
  response: { status: number };
}

/**
 * The body of a call that should have succeeded. What a service does not know, or cannot even be asked for (a slug or a cursor
 * that is none), is a page that does not exist; anything else unforeseen is our fault, not the shopper's.
 */
export function expectData<Data>({ data, error, response }: Exchange<Data>): NonNullable<Data> {
  if (data !== undefined && data !== null) return data;
  if (response.status === 404 || response.status === 400) throw notFound();
  throw unexpected(response.status, error);
}

export function unexpected(status: number, error: unknown): ProblemError {
  return unavailable({ cause: new Error(`a service answered ${status}`, { cause: error }) });
}
