import { type Kysely, sql } from 'kysely';
import type { Contents } from './schema.ts';

/** A line as it is remembered; name and price are those the shopper was told when it was last touched. */
export interface StoredLine {
  sku: string;
  quantity: number;
  name: string;
  priceAmount: number;
  priceCurrency: string;
}

export interface StoredCart {
  /** 0 when there is no cart. */
  changes: number;
  version: string;
  lines: StoredLine[];
  touchedToday: boolean;
  added: { sku: string; quantity: number } | undefined;
}

/** The tables are reached by plain SQL alone, so Kysely needs no picture of them. */
export type Database = Kysely<unknown>;

export const storedLine = sql`line.sku, line.quantity, line.name, line.price_amount as "priceAmount", line.price_currency as "priceCurrency"`;

/** What no other state of any cart of this shopper is called. */
export const cartVersion = sql`(extract(epoch from born) * 1000000)::bigint || '.' || changes as version`;
/** Of a cart that is not there. */
export const NO_VERSION = '0';

interface Head {
  changes: number | null;
  version: string | null;
  touchedToday: boolean | null;
  addedSku: string | null;
  addedQuantity: number | null;
}

/** Outer joins: without a line there is one row that says so. */
type Row = Head & (StoredLine | { sku: null });

const NOTHING: Head = { changes: null, version: null, touchedToday: null, addedSku: null, addedQuantity: null };

/** With a key: what was added with it before, too. */
export async function readCart(db: Database, shopper: string, key: string | null = null): Promise<StoredCart> {
  const { rows } = await sql<Row>`
    select
      changes, ${cartVersion}, touched_on = current_date as "touchedToday",
      past.sku as "addedSku", past.quantity as "addedQuantity",
      ${storedLine}
    from (select ${shopper} as shopper) as me
      left join cart using (shopper)
      left join cart_line as line using (shopper)
      left join cart_add as past on past.shopper = me.shopper and past.key = ${key}
    order by line.added_at, line.sku`.execute(db);
  const [{ changes, version, touchedToday, addedSku, addedQuantity } = NOTHING] = rows;
  return {
    changes: changes ?? 0,
    version: version ?? NO_VERSION,
    touchedToday: touchedToday ?? true,
    added: addedSku !== null && addedQuantity !== null ? { sku: addedSku, quantity: addedQuantity } : undefined,
    lines: rows.flatMap((row) => (row.sku === null ? [] : toLine(row))),
  };
}

function toLine({ sku, quantity, name, priceAmount, priceCurrency }: StoredLine): StoredLine {
  return { sku, quantity, name, priceAmount, priceCurrency };
}

/** What is in it, without what the shopper was told. */
export async function readContents(db: Database, shopper: string): Promise<Contents> {
  const { rows } = await sql<{ version: string; sku: string | null; quantity: number }>`
    select ${cartVersion}, line.sku, line.quantity from cart left join cart_line as line using (shopper)
    where cart.shopper = ${shopper} order by line.added_at, line.sku`.execute(db);
  return { version: rows[0]?.version ?? NO_VERSION, lines: rows.flatMap(({ sku, quantity }) => (sku === null ? [] : [{ sku, quantity }])) };
}

/** A cart that is looked at is not an abandoned one. */
export async function touchCart(db: Database, shopper: string): Promise<void> {
  await sql`update cart set touched_on = current_date where shopper = ${shopper}`.execute(db);
}

/** Answers the version that the empty cart has. */
export async function emptyCart(db: Database, shopper: string): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    with held as (
      update cart set changes = changes + 1, touched_on = current_date where shopper = ${shopper} returning shopper, ${cartVersion}
    ), gone as (
      delete from cart_line where shopper = (select shopper from held)
    )
    select version from held`.execute(db);
  return rows[0]?.version ?? NO_VERSION;
}

/**
 * Takes what was ordered out of the cart, once for each order; what was added meanwhile stays.
 * MERGE decides again on a line that changed while the cart's lock was waited for; DELETE and UPDATE side by side would miss it.
 */
export async function clearOrdered(db: Database, shopper: string, orderId: string, lines: { sku: string; quantity: number }[]): Promise<void> {
  await sql`
    with claimed as (
      insert into cart_clear (order_id) values (${orderId}) on conflict do nothing returning order_id
    ), held as (
      update cart set changes = changes + 1, touched_on = current_date
      from claimed where shopper = ${shopper} returning shopper
    )
    merge into cart_line as line
    using (
      select held.shopper, ordered.sku, ordered.quantity
      from held, unnest(${lines.map(({ sku }) => sku)}::text[], ${lines.map(({ quantity }) => quantity)}::integer[]) as ordered (sku, quantity)
    ) as ordered
    on line.shopper = ordered.shopper and line.sku = ordered.sku
    when matched and line.quantity <= ordered.quantity then delete
    when matched then update set quantity = line.quantity - ordered.quantity`.execute(db);
}
