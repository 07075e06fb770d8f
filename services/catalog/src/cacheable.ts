import { type Cache, notFound, withoutCache } from '@emall/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface CachedAnswer {
  cache: Cache;
  /** Undefined: too rarely asked for again to be kept. */
  key: string | undefined;
  tags: string[];
  /** How long it is served from the caches when nothing changes, in milliseconds. */
  ttlMs: number;
  /** Undefined when there is no such thing, which is remembered too. */
  load: () => Promise<object | undefined>;
}

const unkept = withoutCache();

/**
 * A change reaches every replica within 1 s; for 1 s the edge holds what it has, for 1 s more while it asks, and as it counts whole
 * seconds for up to one more: with what an answer takes 5 s at most, and ten minutes while we cannot answer.
 */
const CACHE_CONTROL = 'public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=600';

/** Sends an answer that is the same for every shopper; `x-cache` says which layer had it. @throws notFound (404) */
export async function sendCacheable(request: FastifyRequest, reply: FastifyReply, { cache, key, tags, ttlMs, load }: CachedAnswer) {
  const make = async () => {
    const payload = await load();
    // Kept as it goes over the wire, so that a hit costs neither a query nor a serialisation.
    return payload && String(reply.code(200).serialize(payload));
  };
  const wish = { tags, ttlMs, load: make };
  const { body, etag, layer } = await (key === undefined ? unkept.read('', wish) : cache.read(key, wish));
  if (!body) throw notFound({ headers: { 'x-cache': layer } });
  reply.headers({ 'cache-control': CACHE_CONTROL, etag, 'x-cache': layer });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(body);
}

/** Proxies that compress make an ETag weak; it names the same answer. */
function matches(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((each) => each.trim().replace(/^W\//, '') === etag) ?? false;
}
