import { silentLog } from '@emall/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCart, openCart, shopperOf } from '../testing.ts';
import { startSweeping, sweepCarts } from './sweep.ts';

let shop: OpenCart;
beforeAll(async () => {
  shop = await openCart();
  shop.sell('A');
});
afterAll(() => shop.close());

const age = (shopper: string, days: number) => sql`update cart set touched_on = current_date - ${days}::integer where shopper = ${shopper}`.execute(shop.db);

describe('the sweep', () => {
  it('removes carts that nobody touched for 30 days, with their lines, and no others', async () => {
    const [old, young] = [shopperOf(shop), shopperOf(shop)];
    for (const each of [old, young]) await each.add('A');
    await age(old.id, 31);
    await age(young.id, 30);
    expect(await sweepCarts(shop.db)).toMatchObject({ carts: 1 });
    expect(await old.rows()).toEqual({});
    expect(await young.rows()).toEqual({ A: 1 });
  });

  it('removes each old cart once when replicas sweep at the same time, in batches', async () => {
    await sql`insert into cart (shopper, touched_on) select 'old-' || n, current_date - 40 from generate_series(1, 1800) as n`.execute(shop.db);
    const sweeps = await Promise.all(Array.from({ length: 4 }, () => sweepCarts(shop.db)));
    const last = await sweepCarts(shop.db);
    expect([...sweeps, last].reduce((sum, { carts }) => sum + carts, 0)).toBe(1800);
  });

  it('does not lose what is added to an old cart meanwhile', async () => {
    for (let round = 0; round < 10; round += 1) {
      const anna = shopperOf(shop);
      await anna.add('A', 2);
      await age(anna.id, 31);
      const [, answer] = await Promise.all([sweepCarts(shop.db), anna.add('A')]);
      expect(answer.statusCode).toBe(200);
      expect([1, 3]).toContain((await anna.rows())['A']);
    }
  });

  it('forgets keys of adds after a day and cleared orders after 90', async () => {
    await sql`insert into cart_add (shopper, key, sku, quantity, added_at) values ('s', 'old', 'A', 1, now() - interval '25 hours'), ('s', 'new', 'A', 1, now())`.execute(shop.db);
    await sql`insert into cart_clear (order_id, cleared_at) values ('old', now() - interval '91 days'), ('new', now())`.execute(shop.db);
    expect(await sweepCarts(shop.db)).toMatchObject({ adds: 1, clears: 1 });
  });

  it('reads the index and not the table', async () => {
    await sql`insert into cart (shopper) select 'many-' || n from generate_series(1, 20000) as n`.execute(shop.db);
    await sql`analyze cart`.execute(shop.db).catch(() => undefined);
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain select shopper from cart where touched_on < current_date - 30 order by touched_on limit 500 for update skip locked`.execute(shop.db);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch('Index Scan using cart_touched_on');
  });

  it('goes on by itself, and ends when it is stopped', async () => {
    const rounds = async (n: number) => {
      let seen = 0;
      const enough = Promise.withResolvers<void>();
      const log = Object.assign(Object.create(silentLog) as typeof silentLog, { info: () => void ((seen += 1) >= n && enough.resolve()) });
      const stop = startSweeping({ db: shop.db, log, everyMs: 5 });
      // The timer keeps no process alive, this one does.
      const alive = setInterval(() => undefined, 1000);
      await enough.promise;
      clearInterval(alive);
      await stop();
      return seen;
    };
    expect(await rounds(2)).toBe(2);
  });
});
