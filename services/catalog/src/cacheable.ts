import { createHash } from 'node:crypto';
import { type Cache, notFound } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** An answer as it goes over the wire, so that a hit costs neither a query nor a serialisation. */
interface Answer {
  body: string;
  etag: string;
}

export interface CachedAnswer {
  cache: Cache;
  /** Undefined: too rarely asked for again to be kept. */
  key: string | undefined;
  tags: string[];
  /** How long shared caches may serve it as fresh, in seconds. */
  seconds: number;
  /** Undefined when there is no such thing, which is remembered too. */
  load: () => Promise<object | undefined>;
}

/** Sends an answer that is the same for every shopper. @throws notFound (404) */
export async function sendCacheable(request: FastifyRequest, reply: FastifyReply, { cache, key, tags, seconds, load }: CachedAnswer) {
  const make = async (): Promise<Answer | false> => {
    const payload = await load();
    if (!payload) return false;
    const body = String(reply.code(200).serialize(payload));
    return { body, etag: `"${createHash('sha1').update(body).digest('base64url')}"` };
  };
  const answer = await (key === undefined ? make() : cache.getOrSet(key, tags, make));
  if (!answer) throw notFound();
  reply.headers({
    // Stale while it is fetched anew, and for ten minutes while we cannot answer.
    'cache-control': `public, max-age=0, s-maxage=${seconds}, stale-while-revalidate=30, stale-if-error=600`,
    etag: answer.etag,
  });
  if (matches(request.headers['if-none-match'], answer.etag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(answer.body);
}

/** Proxies that compress make an ETag weak; it names the same answer. */
function matches(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((each) => each.trim().replace(/^W\//, '') === etag) ?? false;
}
