import { randomUUID } from 'node:crypto';
import { ADDRESS, ApiShopper } from '../e2e/api.ts';
import { asAdministrator } from './inject/postgres.ts';
import { tellProvider } from './inject/provider.ts';
import { Random } from './random.ts';
import { stockUp } from './skus.ts';
import type { Target } from './target.ts';

export interface CardOrders {
  /** How many orders are stored and have no session of the provider yet. */
  stored(): Promise<number>;
  /** How many were answered, whatever the answer. */
  answered(): number;
  /** The provider answers again: what became of each, repeated with its key as a client does. */
  end(): Promise<number[]>;
}

/** Some shoppers order at once, to pay by card, while the provider answers nobody. */
export async function ordersByCard(target: Target, count: number): Promise<CardOrders> {
  const prefix = `card${Date.now().toString(36)}`;
  const email = `${prefix}@example.com`;
  const skus = await stockUp(target, new Random(prefix), prefix);
  const sku = skus.find(({ hot }) => !hot)?.sku;
  const ready = await Promise.all(Array.from({ length: count }, async () => {
    const shopper = new ApiShopper(target.shop.url);
    await shopper.persist('POST', '/api/cart/lines', { sku, quantity: 1 }, randomUUID());
    const delivery = { address: ADDRESS, shippingMethod: 'standard' };
    const { body: { total } } = await shopper.persist<{ total: object }>('POST', '/api/orders/quote', delivery);
    return { shopper, key: randomUUID(), order: { ...delivery, email, paymentMethod: 'card', expectedTotal: total } };
  }));

  await tellProvider(target, 'PUT', '/sandbox/behaviour', { seed: 1, rates: { silent: 1 } });
  let answered = 0;
  const first = ready.map(async ({ shopper, key, order }): Promise<void> => {
    await shopper.call('POST', '/api/orders', order, { 'idempotency-key': key });
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
      const again = await Promise.all(ready.map(({ shopper, key, order }) => shopper.persist('POST', '/api/orders', order, key)));
      return again.map(({ status }) => status);
    },
  };
}

/** Connections that the replicas of order have taken from the pool for shoppers, by their own metrics. */
export async function usedConnections({ shop }: Target): Promise<number> {
  const counts = await Promise.all(['order-1', 'order-2'].map(async (name) => {
    const text = await (await fetch(`http://127.0.0.1:${shop.process(name).adminPort}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('db_client_connection_count{') && line.includes('"orders"') && line.includes('"used"'));
    if (lines.length !== 1) throw new Error(`${name} has ${lines.length} metrics of its used connections`);
    return Number(lines[0]?.split(' ').at(-1));
  }));
  return counts.reduce((sum, count) => sum + count, 0);
}
