import { type RawBuilder, sql } from 'kysely';
import type { Address, Database, OrderRow, OrderState, PaymentMethod, PaymentRow, StoredPicture, Trx } from '../database.ts';

export interface OrderLine {
  sku: string;
  name: string;
  options: Record<string, string>;
  picture: { name: string; alt: string; recolour: string | null } | null;
  tint: number | null;
  price: number;
  quantity: number;
}

export interface NewOrder {
  id: string;
  shopper: string;
  /** Which state of the shopper's cart it was made of. */
  cartVersion: string;
  state: 'awaiting_payment' | 'accepted';
  email: string;
  address: Address;
  shippingMethod: string;
  paymentMethod: PaymentMethod;
  currency: string;
  items: number;
  shipping: number;
  tax: number;
  total: number;
  linkHash: Buffer;
  /** How long it may stay unpaid; null when payment is due on delivery. */
  holdSeconds: number | null;
  /** Who is to be paid through; null when payment is due on delivery. */
  provider: string | null;
  lines: readonly OrderLine[];
}

/** An order with its lines and, when it is paid through a provider, its payment. */
export interface Order extends OrderRow {
  lines: (Omit<OrderLine, 'picture'> & { picture: StoredPicture | null })[];
  payment: Pick<PaymentRow, 'state' | 'session_id' | 'url' | 'received' | 'refunded'> | null;
  /** Oldest first, also of what was paid twice; without those that failed. */
  refunds: { amount: number; currency: string; state: 'open' | 'done'; requested_at: string }[] | null;
}

/**
 * One statement for order, lines and payment: each costs a round trip while a connection is held. False, and nothing, when it is
 * there already, or when it would be the shopper's second that awaits payment, or of the same cart.
 */
export async function insertOrder(trx: Trx, order: NewOrder): Promise<boolean> {
  const { rows } = await sql`with ${insertion(order)} select from placed`.execute(trx);
  return rows.length > 0;
}

/** As parts of a statement, of which `placed` has one row when the order is stored; with a source, for as many rows as that has: none or one. */
export function insertion(order: NewOrder, source = sql``): RawBuilder<unknown> {
  const lines = JSON.stringify(order.lines.map((line, position) => ({ ...line, position })));
  return sql`
    placed as (
      insert into "order" (id, shopper, cart_version, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, hold_until)
      select ${order.id}::uuid, ${order.shopper}, ${order.cartVersion}, ${order.state}, ${order.email}, ${JSON.stringify(order.address)}::jsonb, ${order.shippingMethod},
        ${order.paymentMethod}, ${order.currency}, ${order.items}::integer, ${order.shipping}::integer, ${order.tax}::integer, ${order.total}::integer, ${order.linkHash}::bytea,
        now() + make_interval(secs => ${order.holdSeconds}::float8) ${source}
      on conflict do nothing
      returning id, total, currency
    ), lined as (
      insert into order_line (order_id, position, sku, name, options, picture, tint, price, quantity)
      select placed.id, line.position, line.sku, line.name, line.options, nullif(line.picture, 'null'), line.tint, line.price, line.quantity
      from placed, json_to_recordset(${lines}::json)
        as line (position smallint, sku text, name text, options jsonb, picture jsonb, tint smallint, price integer, quantity integer)
    ), payable as (
      insert into payment (order_id, provider, amount, currency)
      select id, ${order.provider}::text, total, currency from placed where ${order.provider}::text is not null
    )`;
}

/** By the database's clock; undefined of an order that does not wait for its payment. */
export async function secondsToPay(trx: Trx, id: string): Promise<number | undefined> {
  const { rows } = await sql<{ seconds: number }>`
    select extract(epoch from hold_until - now())::float8 as seconds from "order" where id = ${id} and state = 'awaiting_payment'`.execute(trx);
  return rows[0]?.seconds;
}

/** Whose it is decides the caller. */
export async function findOrder(db: Database | Trx, id: string): Promise<Order | undefined> {
  return (await findOrders(db, [id]))[0];
}

/** In no order; without those that do not exist. */
export async function findOrders(db: Database | Trx, ids: readonly string[]): Promise<Order[]> {
  const { rows } = await sql<Order>`
    select o.*,
      (select json_agg(json_build_object('sku', sku, 'name', name, 'options', options, 'picture', picture, 'tint', tint,
        'price', price, 'quantity', quantity) order by position)
        from order_line where order_id = o.id) as lines,
      case when p.order_id is not null then json_build_object('state', p.state, 'session_id', p.session_id, 'url', p.url,
        'received', p.received, 'refunded', p.refunded) end as payment,
      (select json_agg(json_build_object('amount', amount, 'currency', currency, 'state', state, 'requested_at', requested_at) order by requested_at, id)
        from refund where order_id = o.id and state <> 'failed') as refunds
    from "order" o left join payment p on p.order_id = o.id
    where o.id = any(${ids}::uuid[])`.execute(db);
  return rows;
}

/** One that is known to be there. */
export async function getOrder(db: Database | Trx, id: string): Promise<Order> {
  const order = await findOrder(db, id);
  if (!order) throw new Error(`order ${id} is gone`);
  return order;
}

/** Of an order, what of its sale may be left to do. */
export interface Sale extends Pick<OrderRow, 'id' | 'shopper' | 'state' | 'stock' | 'cart_cleared_at'> {
  lines: Pick<OrderLine, 'sku' | 'quantity'>[];
}

/** In no order; without those that do not exist. */
export async function findSales(db: Database, ids: readonly string[]): Promise<Sale[]> {
  const { rows } = await sql<Sale>`
    select id, shopper, state, stock, cart_cleared_at,
      (select json_agg(json_build_object('sku', sku, 'quantity', quantity) order by position) from order_line where order_id = id) as lines
    from "order" where id = any(${ids}::uuid[])`.execute(db);
  return rows;
}

/** What of a sale is done since it was looked at. */
export interface SaleNote {
  id: string;
  committed: boolean;
  cleared: boolean;
  confirmed: boolean;
}

/**
 * Notes what of these sales is done. Not flushed: what a crash makes us forget is done again, and changes nothing. The services
 * that did it have flushed it before they said so, and a mail that is sent again is the same mail.
 * Locked in the order of their ids: two replicas may note the same ones.
 */
export async function noteSales(db: Database, notes: readonly SaleNote[]): Promise<void> {
  await sql`
    with unflushed as materialized (select set_config('synchronous_commit', 'off', true)), note as (
      select id, bool_or(committed) as committed, bool_or(cleared) as cleared, bool_or(confirmed) as confirmed
      from json_to_recordset(${JSON.stringify(notes)}::json) as told(id uuid, committed boolean, cleared boolean, confirmed boolean) group by id
    ), mine as materialized (
      select o.id from "order" o join note using (id)
      where (o.stock = 'held' and note.committed) or (o.cart_cleared_at is null and note.cleared) or (o.confirmed_at is null and note.confirmed)
      order by o.id for update of o
    )
    update "order" o set updated_at = now(),
      stock = case when stock = 'held' and note.committed then 'committed' else stock end,
      cart_cleared_at = case when note.cleared then coalesce(cart_cleared_at, now()) else cart_cleared_at end,
      confirmed_at = case when note.confirmed then coalesce(confirmed_at, now()) else confirmed_at end
    from unflushed, note join mine using (id) where o.id = note.id`.execute(db);
}

/** Holds the order until the transaction ends, so that its state changes once. */
export async function lockOrder(trx: Trx, id: string): Promise<Pick<OrderRow, 'id' | 'shopper' | 'state' | 'stock'> | undefined> {
  return await trx.selectFrom('order').select(['id', 'shopper', 'state', 'stock']).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** What was ordered is no longer in the cart. */
export async function markCleared(db: Database, id: string): Promise<void> {
  await db.updateTable('order').set({ cart_cleared_at: sql`now()`, updated_at: sql`now()` }).where('id', '=', id).where('cart_cleared_at', 'is', null).execute();
}

export interface OrderSummary {
  id: string;
  state: OrderState;
  total: number;
  currency: string;
  placed_at: Date;
  units: number;
  refunded: number | null;
}

/** Newest first, after the given order when there is one. */
export async function listOrders(db: Database, shopper: string, { after, limit }: { after: string | undefined; limit: number }): Promise<OrderSummary[]> {
  return await db
    .selectFrom('order')
    .select(['id', 'state', 'total', 'currency', 'placed_at'])
    .select((eb) =>
      eb.selectFrom('order_line').select(sql<number>`sum(quantity)::integer`.as('units')).whereRef('order_id', '=', 'order.id').$asScalar().as('units'),
    )
    .select((eb) => eb.selectFrom('payment').select('refunded').whereRef('order_id', '=', 'order.id').as('refunded'))
    .where('shopper', '=', shopper)
    .$if(after !== undefined, (query) =>
      // The time is looked up rather than carried: a Date holds milliseconds, the column microseconds.
      query.where(sql<boolean>`(placed_at, id) < (select placed_at, id from "order" where id = ${after}::uuid and shopper = ${shopper})`),
    )
    .orderBy('placed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .$castTo<OrderSummary>()
    .execute();
}
