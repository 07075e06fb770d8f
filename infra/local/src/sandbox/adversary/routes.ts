import type { FastifyInstance, HTTPMethods } from 'fastify';
import { authorized } from '../authorized.ts';
import { invalid, toStripeError } from '../errors.ts';
import type { Adversary } from './adversary.ts';
import { readFault, readSettings } from './settings.ts';

export interface ControlOptions {
  adversary: Adversary;
  /** Ends what earlier faults still hold: calls without an answer, deliveries that wait. */
  letGo(): void;
  secretKey: string;
}

/** How tests make the provider misbehave. These routes are on the sandbox's own port, which the shop does not pass on. */
export async function controlRoutes(app: FastifyInstance, { adversary, letGo, secretKey }: ControlOptions): Promise<void> {
  app.addHook('onRequest', authorized(secretKey));
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode, document } = toStripeError(error);
    return reply.code(statusCode).send(document);
  });

  app.put('/sandbox/behaviour', async ({ body }) => {
    const settings = readSettings(body);
    adversary.behave(settings);
    return settings;
  });

  app.delete('/sandbox/behaviour', async (_request, reply) => {
    adversary.heal();
    letGo();
    return reply.code(204).send();
  });

  app.post('/sandbox/faults', async ({ body }, reply) => {
    const scripted = readFault(body);
    const { route, fault } = scripted;
    const [, method, url] = /^(GET|POST) (\/(?:v1|pay)\/\S+)$/.exec(route) ?? [];
    if (method === undefined || url === undefined || !app.hasRoute({ method: method as HTTPMethods, url })) {
      throw invalid(`There is no route ${route}. Such as: POST /v1/checkout/sessions, GET /v1/checkout/sessions/:id, POST /pay/:id.`, { param: 'route' });
    }
    if (fault.kind === 'declined' && route !== 'POST /pay/:id') throw invalid('Cards are declined by POST /pay/:id alone.', { param: 'fault[kind]' });
    if (fault.kind === 'stored-error' && url.startsWith('/pay/')) throw invalid('The page has no idempotency keys.', { param: 'fault[kind]' });
    adversary.add(scripted);
    return reply.code(204).send();
  });
}
