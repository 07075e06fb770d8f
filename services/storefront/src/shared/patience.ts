import { DEADLINE_HEADER, forward } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';

const PATIENCE_MS = 1000;

/** Headers for a question that the page is right without: it is not held up by it for longer than a second. */
export function forwardBriefly(request: FastifyRequest): ReturnType<typeof forward> {
  return { ...forward(request), [DEADLINE_HEADER]: String(Math.min(request.deadline.remaining(), PATIENCE_MS)) };
}
