import type pg from 'pg';
import type { AddRow, CartRow, EventRow, JobRow, KeyRow, OrderRow, PaymentRow, RefundRow, ReservationRow, Snapshot, StockRow, StockSample } from './rows.ts';

/** Where the harness looks, as an administrator and with its own SQL. */
export interface SnapshotSource {
  database: Pick<pg.Client, 'query'>;
  /** The SKUs of the schedule, which nobody else sells. */
  skus: readonly string[];
  /** Begins the e-mail addresses and the keys of all its shoppers. */
  prefix: string;
}

/** Everything the checker must know of the shop's tables, at one moment. */
export async function takeSnapshot({ database, skus, prefix }: SnapshotSource): Promise<Snapshot> {
  const rowsOf = async <T extends pg.QueryResultRow>(sql: string, ...values: unknown[]) => (await database.query<T>(sql, values)).rows;
  await database.query('begin isolation level repeatable read read only');
  try {
    const orders = await rowsOf<OrderRow>(ORDERS, prefix, skus);
    const ids = orders.map(({ id }) => id);
    const keys = await rowsOf<KeyRow>(KEYS, prefix);
    const adds = await rowsOf<AddRow>(ADDS, prefix);
    const buyers = [...new Set([...keys, ...adds].map(({ buyer }) => buyer))];
    const [counts] = await rowsOf<{ at: number; claims: number; reserves: number }>(COUNTS);
    return {
      at: counts?.at ?? 0,
      claims: counts?.claims ?? 0,
      reserves: counts?.reserves ?? 0,
      orders,
      keys,
      adds,
      stock: await rowsOf<StockRow>(STOCK, skus),
      reservations: await rowsOf<ReservationRow>(RESERVATIONS, skus, ids),
      payments: await rowsOf<PaymentRow>(PAYMENTS, ids),
      refunds: await rowsOf<RefundRow>(REFUNDS, ids),
      events: await rowsOf<EventRow>(EVENTS, ids),
      carts: await rowsOf<CartRow>(CARTS, buyers),
      jobs: await rowsOf<JobRow>(JOBS),
    };
  } finally {
    await database.query('rollback');
  }
}

/** A look at stock alone, cheap enough for every second. */
export async function sampleStock({ database, skus }: SnapshotSource): Promise<StockSample[]> {
  const { rows } = await database.query<StockSample>(`select ${ms('clock_timestamp()')} as at, sku, on_hand as "onHand", reserved from catalog.stock where sku = any($1)`, [skus]);
  return rows;
}

function ms(time: string): string {
  return `(extract(epoch from ${time}) * 1000)::float8`;
}

const COUNTS = `
  select ${ms('clock_timestamp()')} as at,
    coalesce(sum(calls) filter (where query ilike '%from claim_key(%'), 0)::integer as claims,
    coalesce(sum(calls) filter (where query ilike '%insert into reservation_line%'), 0)::integer as reserves
  from extensions.pg_stat_statements`;

const ORDERS = `
  select o.id, shopper as buyer, state, email, address->>'name' as name, address->>'line1' as line1,
    payment_method as "paymentMethod", shipping_method as "shippingMethod", currency::text, items, shipping, tax, total, stock,
    ${ms('placed_at')} as "placedAt", ${ms('updated_at')} as "changedAt", ${ms('hold_until')} as "holdUntil",
    ${ms('cart_cleared_at')} as "cartClearedAt", ${ms('confirmed_at')} as "confirmedAt",
    coalesce(json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity, 'price', l.price) order by l.position) filter (where l.sku is not null), '[]') as lines
  from orders."order" o left join orders.order_line l on l.order_id = o.id
  where starts_with(email, $1 || '.') or o.id in (select order_id from orders.order_line where sku = any($2))
  group by o.id`;

const KEYS = `
  select shopper as buyer, key, status, convert_from(body, 'UTF8') as body, abandoned_at is not null as abandoned
  from orders.idempotency_key where starts_with(key, $1 || '-')`;

const ADDS = `select shopper as buyer, key, sku, quantity from cart.cart_add where starts_with(key, $1 || '-')`;

const STOCK = `
  select sku, on_hand as "onHand", reserved, price, currency from catalog.stock join catalog.variant using (sku) where sku = any($1)`;

const RESERVATIONS = `
  select r.order_id as "order", state, ${ms('expires_at')} as "expiresAt",
    coalesce(json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity)) filter (where l.sku is not null), '[]') as lines
  from catalog.reservation r left join catalog.reservation_line l using (order_id)
  where r.order_id = any($2::text[]) or r.order_id in (select order_id from catalog.reservation_line where sku = any($1))
  group by r.order_id`;

const PAYMENTS = `
  select order_id as "order", state, session_id as session, amount, currency::text, received, refunded, promised
  from orders.payment where order_id = any($1)`;

const REFUNDS = `select order_id as "order", amount, currency::text, state, provider_id as "providerId" from orders.refund where order_id = any($1)`;

const EVENTS = `
  select id, type, order_id as "order", processed_at is not null as processed, outcome from orders.payment_event where order_id = any($1)`;

const CARTS = `
  select shopper as buyer, json_agg(json_build_object('sku', sku, 'quantity', quantity)) as lines
  from cart.cart_line where shopper = any($1) group by shopper`;

const JOBS = `
  select t.identifier as task, payload, attempts, max_attempts as "maxAttempts", last_error as "lastError"
  from order_jobs._private_jobs j join order_jobs._private_tasks t on t.id = j.task_id`;
