import type { FastifyInstance } from 'fastify';
import type { Behaviour, CallFault } from './behaviour.ts';

declare module 'fastify' {
  interface FastifyRequest {
    fault: CallFault | undefined;
  }
}

/** Lets the behaviour come between a call of the API and its answer. */
export function sufferFaults(app: FastifyInstance, behaviour: Behaviour): void {
  app.decorateRequest('fault', undefined);
  app.addHook('onRequest', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    const fault = await behaviour.onCall({
      method: request.method,
      route: request.routeOptions.url ?? '',
      idempotencyKey: typeof key === 'string' ? key : undefined,
    });
    request.fault = fault;
    if (fault?.kind === 'answer') {
      return reply.code(fault.status).send({ error: { type: 'api_error', message: `The payment sandbox was told to answer ${fault.status}.` } });
    }
    if (fault?.kind === 'silence' && fault.after === 'nothing') await new Promise(() => undefined);
    return undefined;
  });
  app.addHook('onSend', async (request, _reply, payload) => {
    const { fault } = request;
    if (fault?.kind === 'lost-answer') request.raw.socket.resetAndDestroy();
    if (fault?.kind === 'silence' && fault.after === 'work') await new Promise(() => undefined);
    return payload;
  });
}
