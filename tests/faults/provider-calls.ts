import { readyToOrder } from './card-orders.ts';
import { asAdministrator } from './inject/postgres.ts';
import { tellProvider } from './inject/provider.ts';
import type { Target } from './target.ts';

export interface WaitingOrders {
  /** How many are stored and have no session of the provider yet. */
  stored(): Promise<number>;
  /** How many were answered, whatever the answer. */
  answered(): number;
  /** The provider answers again: what became of each, repeated with its key as a client does. */
  end(): Promise<number[]>;
}

/** Some shoppers order at once, to pay by card, while the provider answers nobody. */
export async function ordersByCard(target: Target, count: number): Promise<WaitingOrders> {
  const ready = await readyToOrder(target, count);
  const email = ready[0]?.email;
  await tellProvider(target, 'PUT', '/sandbox/behaviour', { seed: 1, rates: { silent: 1 } });
  let answered = 0;
  const first = ready.map(async ({ order }): Promise<void> => {
    await order();
    answered += 1;
  });
  return {
    answered: () => answered,
    stored: () => asAdministrator(target, async (client) => {
      const { rows } = await client.query<{ count: number }>('select count(*)::int as count from orders."order" join orders.payment on order_id = "order".id where email = $1 and session_id is null', [email]);
      return rows[0]?.count ?? 0;
    }),
    async end() {
      await tellProvider(target, 'DELETE', '/sandbox/behaviour');
      await Promise.all(first);
      const again = await Promise.all(ready.map(({ persist }) => persist()));
      return again.map(({ status }) => status);
    },
  };
}

/** Connections that the replicas of order have taken from the pool for shoppers, by their own metrics. */
export async function usedConnections({ shop }: Target): Promise<number> {
  const counts = await Promise.all(['order-1', 'order-2'].map(async (name) => {
    const text = await (await fetch(`http://127.0.0.1:${shop.process(name).adminPort}/metrics`, { signal: AbortSignal.timeout(2000) })).text();
    const lines = text.split('\n').filter((line) => line.startsWith('db_client_connection_count{') && line.includes('"orders"') && line.includes('"used"'));
    if (lines.length !== 1) throw new Error(`${name} has ${lines.length} metrics of its used connections`);
    return Number(lines[0]?.split(' ').at(-1));
  }));
  return counts.reduce((sum, count) => sum + count, 0);
}
