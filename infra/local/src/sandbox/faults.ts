import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Behaviour, CallFault } from './behaviour.ts';
import { told } from './errors.ts';
import type { HeldCalls } from './held-calls.ts';
import type { Ledger } from './ledger.ts';
import type { Webhooks } from './webhooks.ts';

declare module 'fastify' {
  interface FastifyRequest {
    fault: CallFault | undefined;
    /** What the shop is told before the answer. */
    headStarts: Promise<void>[];
  }
}

/** As long an answer waits at most for what is told before it: the shop may need that answer first. */
const LONGEST_HEAD_START_MS = 2000;

interface FaultOptions {
  behaviour: Behaviour;
  held: HeldCalls;
  webhooks: Webhooks;
  /** Counts the calls. */
  ledger: Ledger;
}

/** Lets the behaviour come between a call and its answer. */
export function sufferFaults(app: FastifyInstance, { behaviour, held, webhooks, ledger }: FaultOptions): void {
  const count = ({ method, routeOptions }: FastifyRequest, outcome: string) => ledger.count(`${method} ${routeOptions.url ?? '(unknown)'}`, outcome);
  app.decorateRequest('fault', undefined);
  app.decorateRequest('headStarts');
  app.addHook('onRequest', async (request) => {
    const key = request.headers['idempotency-key'];
    const fault = await behaviour.onCall({
      method: request.method,
      route: request.routeOptions.url ?? '',
      idempotencyKey: typeof key === 'string' ? key : undefined,
    });
    request.fault = fault;
    request.headStarts = [];
    if (fault?.kind === 'slow') await held.slow(fault.ms);
    if (fault?.kind === 'answer') throw told(fault.status);
    // A call that only reads has no key to keep an error under.
    if (fault?.kind === 'stored-error' && request.method === 'GET') throw told(500);
    if (fault?.kind === 'silence' && fault.after === 'nothing') {
      count(request, 'silence');
      await held.silent(request);
    }
  });
  // Not earlier: reading the body loses what belongs to the call.
  app.addHook('preHandler', (request, _reply, done) => webhooks.during(request.headStarts, done));
  app.addHook('onSend', async (request, reply, payload) => {
    const { fault, headStarts } = request;
    if (headStarts.length > 0) await Promise.race([Promise.all(headStarts), held.slow(LONGEST_HEAD_START_MS)]);
    const lost = fault?.kind === 'lost-answer' || fault?.kind === 'silence';
    count(request, lost ? fault.kind : String(reply.statusCode));
    if (fault?.kind === 'lost-answer') request.raw.socket.resetAndDestroy();
    if (fault?.kind === 'silence') await held.silent(request);
    return payload;
  });
}
