import type { FastifyInstance } from 'fastify';
import type { Ledger } from './ledger.ts';

type Since = { Querystring: { since?: string } };

/**
 * For tests and for the curious: what the provider knows, whatever the shop believes. `since`, in seconds since the
 * epoch, leaves out what came into being before. `calls` counts since the books were begun, whatever `since` says.
 */
export async function ledgerRoutes(app: FastifyInstance, { ledger }: { ledger: Ledger }): Promise<void> {
  const sessionOf = (intentId: string) => ledger.get('intent', intentId)?.session;
  /** With the shop's order that it is about. */
  const placed = <T extends object>(record: T, sessionId: string | undefined) => {
    const session = ledger.get('session', sessionId ?? '');
    return { ...record, order: session?.reference ?? session?.metadata['order'] ?? null };
  };

  app.get('/livez', async () => ({ status: 'ok' }));
  app.get<Since>('/sandbox/ledger', async ({ query: { since = '0' } }, reply) => {
    if (!/^\d{1,12}$/.test(since)) return await reply.code(400).send({ error: { message: 'since must be a number of seconds since the epoch.', param: 'since' } });
    const recent = <K extends 'session' | 'intent' | 'charge' | 'refund' | 'event'>(kind: K) => ledger.all(kind).filter(({ created }) => created >= Number(since));
    return {
      sessions: recent('session').map((session) => placed(session, session.id)),
      intents: recent('intent').map((intent) => placed(intent, intent.session)),
      charges: recent('charge').map((charge) => placed(charge, sessionOf(charge.intent))),
      refunds: recent('refund').map((refund) => placed(refund, sessionOf(refund.intent))),
      events: recent('event').map(({ id, created, type, about, session, lie }) => placed({ created, type, about, session, lie, ...ledger.delivery(id) }, session)),
      calls: ledger.all('calls').map(({ route, outcome, count }) => ({ route, outcome, count })),
    };
  });
}
