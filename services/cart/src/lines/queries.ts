import { type RawBuilder, sql } from 'kysely';
import { cartVersion, type Database, type StoredCart, type StoredLine, storedLine } from '../carts/queries.ts';
import { MAX_LINES, MAX_QUANTITY } from '../carts/schema.ts';

/** The cart's count of changes with this one, and its version since. */
export type Counted = Pick<StoredCart, 'changes' | 'version'>;

/** The line after a change. */
export type Changed = Counted & { line: StoredLine };

/** Adds to a line or makes it; undefined when a limit stands against it. With a key, a second add fails on `cart_add_pkey`. */
export async function addLine(db: Database, shopper: string, line: StoredLine, key: string | undefined): Promise<Changed | undefined> {
  return writeLine(db, shopper, line, sql`line.quantity + excluded.quantity`, key);
}

export async function setLine(db: Database, shopper: string, line: StoredLine): Promise<Changed | undefined> {
  return writeLine(db, shopper, line, sql`excluded.quantity`, undefined);
}

/**
 * One statement, so that concurrent changes never lose one another. The cart's row is written before its lines by everybody:
 * changes of one cart queue there, and no two can wait for each other.
 */
async function writeLine(
  db: Database,
  shopper: string,
  { sku, quantity, name, priceAmount, priceCurrency }: StoredLine,
  newQuantity: RawBuilder<number>,
  key: string | undefined,
): Promise<Changed | undefined> {
  const { rows } = await sql<StoredLine & Counted>`
    with held as (
      insert into cart (shopper) values (${shopper})
      on conflict (shopper) do update set changes = cart.changes + 1, touched_on = current_date
      returning shopper, changes, ${cartVersion}
    ), line as (
      insert into cart_line as line (shopper, sku, quantity, name, price_amount, price_currency)
      select shopper, ${sku}, ${quantity}::integer, ${name}, ${priceAmount}::integer, ${priceCurrency}
      from held where cart_has_room(held.shopper, ${sku}, ${sql.lit(MAX_LINES)})
      on conflict (shopper, sku) do update set
        quantity = ${newQuantity},
        name = excluded.name,
        price_amount = excluded.price_amount,
        price_currency = excluded.price_currency
      where ${newQuantity} <= ${sql.lit(MAX_QUANTITY)}
      returning line.*
    ), kept as (
      insert into cart_add (shopper, key, sku, quantity)
      select shopper, ${key ?? null}::text, sku, ${quantity}::integer from line where ${key ?? null}::text is not null
    )
    select ${storedLine}, changes, version from line, held`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const { changes, version, ...line } = row;
  return { line, changes, version };
}

/** Undefined when there was no cart. */
export async function removeLine(db: Database, shopper: string, sku: string): Promise<Counted | undefined> {
  const { rows } = await sql<Counted>`
    with held as (
      update cart set changes = changes + 1, touched_on = current_date where shopper = ${shopper} returning shopper, changes, ${cartVersion}
    ), gone as (
      delete from cart_line where shopper = (select shopper from held) and sku = ${sku}
    )
    select changes, version from held`.execute(db);
  return rows[0];
}
