import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestDatabase, testDatabase } from '@emall/runtime/testing';
import pg from 'pg';
import { dropIndex, hasIndex, LISTING_INDEX, restoreIndex } from '../incident/bad-query.ts';
import { Outsider } from '../incident/outsider.ts';
import { readStock, type Stock, wrongInTheBooks } from './books.ts';

let cloned: TestDatabase;
let database: pg.Client;
let url: string;
let before: Stock;
const domain = 'run.example';

beforeAll(async () => {
  cloned = await testDatabase('order');
  const admin = new URL(process.env['EMALL_TEST_DATABASE'] ?? '');
  admin.pathname = new URL(cloned.url).pathname;
  url = admin.href;
  database = new pg.Client({ connectionString: url });
  await database.connect();
});

afterAll(async () => {
  await database.end();
  await cloned.drop();
});

/** Ten jars on the shelf, and two that an earlier run has taken. */
beforeEach(async () => {
  await database.query(`
    truncate orders."order", catalog.reservation, catalog.product cascade;
    insert into catalog.product (key, slug, name, currency, price_from, price_varies, variants, in_stock) values ('JAR', 'jar', 'Jar', 'GBP', 500, false, 1, true);
    insert into catalog.variant (sku, product_id, slug, name, currency, price) select 'JAR', id, 'jar', 'Jar', 'GBP', 500 from catalog.product;
    insert into catalog.stock (sku, on_hand, reserved) values ('JAR', 10, 0) on conflict (sku) do update set on_hand = 10, reserved = 0;
    insert into catalog.reservation (order_id, state, expires_at) values ('earlier', 'committed', now());
    insert into catalog.reservation_line (order_id, sku, quantity) values ('earlier', 'JAR', 2);`);
  before = await readStock(database);
});

async function sell(quantity: number, { email = `${randomUUID()}@${domain}`, state = 'held', takes = quantity }: { email?: string; state?: 'held' | 'committed'; takes?: number } = {}): Promise<string> {
  const id = randomUUID();
  await database.query(
    `with placed as (
       insert into orders."order" (id, shopper, state, email, address, shipping_method, payment_method, currency, items, shipping, tax, total, link_hash, stock)
       values ($1, 'buyer', 'accepted', $2, '{}', 'standard', 'on_delivery', 'GBP', 1000, 395, 233, 1395, '', $3) returning id)
     insert into orders.order_line (order_id, position, sku, name, options, price, quantity) select id, 1, 'JAR', 'Jar', '{}', 500, $4 from placed`,
    [id, email, state, quantity],
  );
  await database.query('insert into catalog.reservation (order_id, state, expires_at) values ($1, $2, now())', [id, state]);
  await database.query('insert into catalog.reservation_line (order_id, sku, quantity) values ($1, \'JAR\', $2)', [id, quantity]);
  await database.query(state === 'held' ? 'update catalog.stock set reserved = reserved + $1' : 'update catalog.stock set on_hand = on_hand - $1', [takes]);
  return id;
}

const wrong = (shown: string[]) => wrongInTheBooks(database, { before, shown, domain });

describe('the books after a surge', () => {
  it('are in order when all that was sold was there, held or taken', async () => {
    const shown = [await sell(6, { state: 'committed' }), await sell(4)];
    expect(await wrong(shown)).toEqual([]);
  });

  it('tell of units that were sold and not there', async () => {
    const shown = [await sell(6, { state: 'committed' }), await sell(5, { state: 'committed', takes: 4 })];
    expect(await wrong(shown)).toEqual(['11 of JAR are sold and 10 were there', 'of 12 JAR, 0 are on hand and 13 taken']);
  });

  it('tell of a hold that no count knows', async () => {
    const shown = [await sell(3, { takes: 2 })];
    expect(await wrong(shown)).toEqual(['2 of JAR are reserved, and holds are for 3']);
  });

  it('tell of an order that a shopper was shown and that is not there, and of two of one cart', async () => {
    const missing = randomUUID();
    const shown = [await sell(1, { email: `ada@${domain}` }), await sell(1, { email: `ada@${domain}` }), missing];
    expect(await wrong(shown)).toEqual([`order ${missing} was shown and is not accepted`, `ada@${domain} has 2 orders of one cart`]);
  });

  it('are not about those of another run', async () => {
    await sell(1, { email: 'ada@other.example' });
    await sell(1, { email: 'ada@other.example' });
    expect(await wrong([])).toEqual([]);
  });
});

describe('what the replay takes away', () => {
  it('is an index that comes back as it was, once', async () => {
    const definition = await dropIndex(database);
    expect(await hasIndex(database)).toBe(false);
    await restoreIndex(database, definition);
    await restoreIndex(database, definition);
    const { rows } = await database.query<{ again: string }>('select pg_get_indexdef($1::regclass) as again', [LISTING_INDEX]);
    expect(rows).toEqual([{ again: definition }]);
  });

  // The server is everybody's: three are enough to see that they come and go.
  it('are connections, which are free again when the outsider leaves', async () => {
    const outsider = new Outsider(url, database);
    const theirs = async () => (await database.query<{ count: number }>("select count(*)::integer as count from pg_stat_activity where usename = 'outsider'")).rows[0]?.count;
    expect([await outsider.take(3), await theirs()]).toEqual([3, 3]);
    await outsider.leave();
    expect((await database.query("select from pg_roles where rolname = 'outsider'")).rowCount).toBe(0);
  });
});
