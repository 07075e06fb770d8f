import type { FastifyInstance } from 'fastify';
import type { Ledger } from './ledger.ts';

/** For tests and for the curious: what the provider knows, whatever the shop believes. */
export async function ledgerRoutes(app: FastifyInstance, { ledger }: { ledger: Ledger }): Promise<void> {
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/sandbox/ledger', async () => ({
    sessions: ledger.all('session'),
    intents: ledger.all('intent'),
    charges: ledger.all('charge'),
    refunds: ledger.all('refund'),
    events: ledger.all('event').map(({ id, created, type, about }) => {
      const { attempts, acknowledged } = ledger.delivery(id);
      return { id, created, type, about, attempts, acknowledged };
    }),
  }));
}
