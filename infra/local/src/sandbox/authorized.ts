import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { unauthorized } from './errors.ts';

/** Lets nobody in but who has the secret key. */
export function authorized(secretKey: string) {
  return async ({ headers }: FastifyRequest): Promise<void> => {
    if (!sameText(headers.authorization ?? '', `Bearer ${secretKey}`)) throw unauthorized();
  };
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
