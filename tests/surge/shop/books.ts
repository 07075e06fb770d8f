import type pg from 'pg';

type Database = Pick<pg.Client, 'query'>;

/** Units by SKU: on hand, and taken by orders until then. */
export type Stock = Map<string, { onHand: number; taken: number }>;

export async function readStock(database: Database): Promise<Stock> {
  const { rows } = await database.query<{ sku: string; onHand: number; taken: number }>(
    `select s.sku, s.on_hand as "onHand", coalesce(sum(l.quantity) filter (where r.state = 'committed'), 0)::integer as taken
     from catalog.stock s left join catalog.reservation_line l using (sku) left join catalog.reservation r using (order_id) group by s.sku`,
  );
  return new Map(rows.map(({ sku, ...units }) => [sku, units]));
}

/**
 * What must not be: more sold of something than was there, counts that do not add up, an order that a shopper was shown and that
 * is not in the books, two orders of one person.
 * @param before the surge
 * @param shown orders that shoppers were led to
 * @param domain of the shoppers' addresses
 */
export async function wrongInTheBooks(database: Database, { before, shown, domain }: { before: Stock; shown: readonly string[]; domain: string }): Promise<string[]> {
  const rowsOf = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[]) => (await database.query<Row>(sql, values)).rows;
  await database.query('begin isolation level repeatable read read only');
  try {
    const stock = await rowsOf<StockRow>(STOCK, [domain]);
    const missing = await rowsOf<{ id: string }>('select id from unnest($1::uuid[]) shown(id) where not exists (select from orders."order" o where o.id = shown.id and o.state = \'accepted\')', [shown]);
    const twice = await rowsOf<{ email: string; orders: number }>(`select email, count(*)::integer as orders from orders."order" where email like '%@' || $1 group by email having count(*) > 1`, [domain]);
    return [
      ...stock.flatMap((row) => wrongWith(row, before.get(row.sku))),
      ...missing.map(({ id }) => `order ${id} was shown and is not accepted`),
      ...twice.map(({ email, orders }) => `${email} has ${orders} orders of one cart`),
    ];
  } finally {
    await database.query('rollback');
  }
}

interface StockRow {
  sku: string;
  onHand: number;
  reserved: number;
  sold: number;
  held: number;
  taken: number;
}

function wrongWith({ sku, onHand, reserved, sold, held, taken }: StockRow, before = { onHand: 0, taken: 0 }): string[] {
  const wrong: string[] = [];
  if (sold > before.onHand) wrong.push(`${sold} of ${sku} are sold and ${before.onHand} were there`);
  if (onHand + taken !== before.onHand + before.taken) wrong.push(`of ${before.onHand + before.taken} ${sku}, ${onHand} are on hand and ${taken} taken`);
  if (reserved !== held) wrong.push(`${reserved} of ${sku} are reserved, and holds are for ${held}`);
  return wrong;
}

/** Of every SKU that somebody wanted. `sold` counts by orders, `held` and `taken` by reservations: each is a record of its own. */
const STOCK = `
  with sold as (
    select l.sku, sum(l.quantity)::integer as units from orders.order_line l join orders."order" o on o.id = l.order_id
    where o.email like '%@' || $1 and o.state = 'accepted' group by l.sku
  ), reserved as (
    select l.sku, coalesce(sum(l.quantity) filter (where r.state = 'held'), 0)::integer as held, coalesce(sum(l.quantity) filter (where r.state = 'committed'), 0)::integer as taken
    from catalog.reservation_line l join catalog.reservation r using (order_id) group by l.sku
  )
  select s.sku, s.on_hand as "onHand", s.reserved, coalesce(sold.units, 0) as sold, coalesce(r.held, 0) as held, coalesce(r.taken, 0) as taken
  from catalog.stock s left join sold using (sku) left join reserved r using (sku) where sold.sku is not null or r.sku is not null`;
