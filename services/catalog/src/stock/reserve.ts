import { retryConflicts, unavailable } from '@emall/runtime';
import { sql } from 'kysely';
import type { Checkout } from '../database.ts';
import { outOfStock, reservationMismatch } from '../errors.ts';
import { columnsOf, type Line } from './line.ts';
import { FOR_GOOD } from './settle.ts';
import { sweepLapsed } from './sweep.ts';
import { FEW } from './turns.ts';
import type { Turnstile } from './turnstile.ts';

export interface Hold {
  state: 'held' | 'committed';
  expiresAt: Date;
}

interface Shortage {
  sku: string;
  available: number;
}

interface Wish {
  orderId: string;
  /** No SKU twice. */
  lines: readonly Line[];
  holdSeconds: number;
  /** Of the checkout that asks; absent for whoever holds on to what an order has. */
  attempt?: number;
}

/**
 * Holds all lines for an order, or none. The same lines again are held once, for as long as the later call asks; an order
 * whose hold was released may hold again, by a later attempt than the one that released it. A shortage is believed only after lapsed holds were swept: units that nobody waits for are not sold out.
 * Whoever finds others before the same SKU looks before it locks, and one that finds it gone tells all who wait for it.
 * @param patienceMs what remains of the caller's deadline
 * @throws outOfStock (409) with what is available, reservationMismatch (409), unavailable (503) when too many want the same
 */
export async function reserve(db: Checkout, wish: Wish, turnstile: Turnstile, patienceMs: number): Promise<Hold> {
  const skus = wish.lines.map(({ sku }) => sku);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const hold = await turnstile.pass(skus, patienceMs, async ({ crowded, told }) => {
      const short = crowded ? await shortages(db, wish.lines) : [];
      const expiresAt = short.length > 0 ? undefined : !told && (await take(db, wish));
      if (expiresAt) return { state: 'held', expiresAt } as const;
      const before = await holdOn(db, wish);
      if (before) return before;
      if (told && short.length > 0) throw soldOut(short);
      if ((await sweepLapsed(db)) > 0) return undefined;
      const lines = await shortages(db, wish.lines);
      if (lines.length === 0) return undefined;
      turnstile.tell(lines.filter(({ available }) => available === 0).map(({ sku }) => sku));
      throw soldOut(lines);
    });
    if (hold) return hold;
  }
  // Units came and went between our looks at them, or somebody with a later attempt was here.
  throw unavailable();
}

function soldOut(lines: Shortage[]) {
  return outOfStock({ detail: 'Some of it was sold a moment ago. Take less of it, or leave it out.', extra: { lines } });
}

/** Whoever holds on to what an order has is not an outdated attempt, unless it was released for good. */
const LATEST = FOR_GOOD - 1;

/**
 * The one statement: every row that is locked is locked in SKU order, so two orders never wait for each other in a circle,
 * and nothing is written unless every line is free. The order's own row comes first, as in `settle`.
 */
async function take(db: Checkout, { orderId, lines, holdSeconds, attempt }: Wish): Promise<Date | undefined> {
  const { skus, quantities } = columnsOf(lines);
  const statement = sql<{ expires_at: Date }>`
    with prior as materialized (
      select state from reservation where order_id = ${orderId} for update
    ), wanted as materialized (
      select sku, quantity from unnest(${skus}::text[], ${quantities}::int[]) w(sku, quantity)
      where not exists (select from prior where state <> 'released')
    ), locked as materialized (
      select s.sku, w.quantity, s.on_hand - s.reserved as free
      from stock s join wanted w on w.sku = s.sku join variant v on v.sku = s.sku
      order by s.sku for update of s
    ), held as (
      insert into reservation (order_id, state, expires_at, attempt)
      select ${orderId}, 'held', clock_timestamp() + make_interval(secs => ${holdSeconds}::int), ${attempt ?? 0}::int
      where (select count(*) from locked where free >= quantity) = cardinality(${skus}::text[])
      on conflict (order_id) do update
        set state = 'held', expires_at = excluded.expires_at, changed_at = now(), attempt = greatest(reservation.attempt, excluded.attempt)
        where reservation.state = 'released' and reservation.attempt <= ${attempt ?? LATEST}::int
      returning expires_at
    ), written as (
      insert into reservation_line (order_id, sku, quantity)
      select ${orderId}, sku, quantity from locked, held
      on conflict (order_id, sku) do update set quantity = excluded.quantity
    ), dropped as (
      delete from reservation_line l using held where l.order_id = ${orderId} and l.sku <> all(${skus}::text[])
    ), moved as (
      update stock s set reserved = s.reserved + l.quantity from locked l, held where s.sku = l.sku
      returning s.sku, s.on_hand - s.reserved as free
    ), turned as (
      insert into stock_turn (sku) select sku from moved where free < ${sql.lit(FEW)}
    )
    select expires_at from held
  `;
  const { rows } = await retryConflicts(() => statement.execute(db));
  return rows[0]?.expires_at;
}

/**
 * The order's hold, unless it is over. A repeat counts from its own time: whoever was held up in between relies on it.
 * @throws reservationMismatch (409) when it is of something else
 */
async function holdOn(db: Checkout, { orderId, lines, holdSeconds, attempt = 0 }: Wish): Promise<Hold | undefined> {
  const { skus, quantities } = columnsOf(lines);
  const statement = sql<{ state: Hold['state']; expires_at: Date; same: boolean }>`
    with found as materialized (
      select r.order_id, r.state, r.expires_at, (
          select count(*) = cardinality(${skus}::text[]) and count(*) = count(w.sku)
          from reservation_line l left join unnest(${skus}::text[], ${quantities}::int[]) w(sku, quantity) on w.sku = l.sku and w.quantity = l.quantity
          where l.order_id = r.order_id
        ) as same
      from reservation r
      where r.order_id = ${orderId} and (r.state = 'committed' or (r.state = 'held' and r.expires_at > clock_timestamp()))
      for update of r
    ), longer as (
      update reservation r set
        expires_at = case when f.state = 'held' then greatest(r.expires_at, clock_timestamp() + make_interval(secs => ${holdSeconds}::int)) else r.expires_at end,
        attempt = greatest(r.attempt, ${attempt}::int)
      from found f where r.order_id = f.order_id and f.same
      returning r.expires_at
    )
    select state, same, coalesce((select expires_at from longer), expires_at) as expires_at from found
  `;
  const { rows } = await retryConflicts(() => statement.execute(db));
  const [hold] = rows;
  if (!hold) return undefined;
  if (!hold.same) throw reservationMismatch({ detail: 'This order has already reserved other lines.' });
  return { state: hold.state, expiresAt: hold.expires_at };
}

/** What is too little of what was asked for; a SKU that nobody sells is nothing of it. */
async function shortages(db: Checkout, lines: readonly Line[]): Promise<Shortage[]> {
  const { skus, quantities } = columnsOf(lines);
  const { rows } = await sql<Shortage>`
    select w.sku, coalesce(s.on_hand - s.reserved, 0) as available
    from unnest(${skus}::text[], ${quantities}::int[]) w(sku, quantity) left join (stock s join variant v using (sku)) on s.sku = w.sku
    where coalesce(s.on_hand - s.reserved, 0) < w.quantity
    order by w.sku
  `.execute(db);
  return rows;
}
