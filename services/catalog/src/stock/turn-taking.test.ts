import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { reserve } from './reserve.ts';
import { commit, release } from './settle.ts';
import { sweepLapsed } from './sweep.ts';

let catalog: OpenCatalog;
beforeAll(async () => {
  catalog = await openCatalog();
});
afterAll(() => catalog.close());

let orderId: string;
beforeEach(async () => {
  orderId = `order-${crypto.randomUUID()}`;
  await sql`delete from reservation`.execute(catalog.checkoutDb);
  await sql`delete from stock`.execute(catalog.checkoutDb);
  // B lies before A, and is asked for before A: whoever locks A first has sorted them.
  await catalog.sell({ key: 'B' }, { key: 'A' });
});

const db = () => catalog.checkoutDb;
const hold = () => reserve(db(), { orderId, lines: [{ sku: 'B', quantity: 1 }, { sku: 'A', quantity: 1 }], holdSeconds: 60 });
const lapse = () => sql`update reservation set expires_at = clock_timestamp() - interval '1 second'`.execute(db());
const stock = async () => (await sql<{ sku: string; on_hand: number; reserved: number }>`select sku, on_hand, reserved from stock order by sku`.execute(db())).rows.map(({ sku, on_hand, reserved }) => [sku, on_hand, reserved]);

/** Begins these while somebody else has A in hand, and lets go of it once all of them wait. */
async function whileAIsTaken<T>(begin: () => Promise<T>[], meanwhile: () => Promise<unknown> = async () => undefined): Promise<PromiseSettledResult<T>[]> {
  const begun = await db().transaction().execute(async (trx) => {
    await sql`select from stock where sku = 'A' for update`.execute(trx);
    const calls = begin();
    const ended = Promise.allSettled(calls);
    for (let waiting = 0; waiting < calls.length; ) {
      const { rows } = await sql<{ waiting: number }>`
        select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db());
      waiting = rows[0]?.waiting ?? 0;
    }
    await meanwhile();
    return { ended };
  });
  return await begun.ended;
}

/** Nobody who waits for A has B. */
async function expectBFree(): Promise<void> {
  const { rows } = await sql`select from stock where sku = 'B' for update skip locked`.execute(db());
  expect(rows).toHaveLength(1);
}

describe('whoever waits for a SKU has none that comes after it', () => {
  it('a reservation that waits for nobody holds its lines', async () => {
    await hold();
    expect(await stock()).toEqual([['A', 10, 1], ['B', 10, 1]]);
  });

  it('a reservation', async () => {
    await whileAIsTaken(() => [hold()], expectBFree);
    expect(await stock()).toEqual([['A', 10, 1], ['B', 10, 1]]);
  });

  it('a commitment', async () => {
    await hold();
    await whileAIsTaken(() => [commit(db(), orderId)], expectBFree);
    expect(await stock()).toEqual([['A', 9, 0], ['B', 9, 0]]);
  });

  it('a release', async () => {
    await hold();
    await whileAIsTaken(() => [release(db(), orderId)], expectBFree);
    expect(await stock()).toEqual([['A', 10, 0], ['B', 10, 0]]);
  });

  it('a sweep', async () => {
    await hold();
    await lapse();
    await whileAIsTaken(() => [sweepLapsed(db())], expectBFree);
    expect(await stock()).toEqual([['A', 10, 0], ['B', 10, 0]]);
  });
});

describe('two who do the same at once do it once', () => {
  it('commitments of one order', async () => {
    await hold();
    const answers = await whileAIsTaken(() => [commit(db(), orderId), commit(db(), orderId)]);
    expect(answers).toMatchObject([{ value: 'committed' }, { value: 'committed' }]);
    expect(await stock()).toEqual([['A', 9, 0], ['B', 9, 0]]);
  });

  it('releases of one order', async () => {
    await hold();
    await commit(db(), orderId);
    const answers = await whileAIsTaken(() => [release(db(), orderId), release(db(), orderId)]);
    expect(answers).toMatchObject([{ value: 'released' }, { value: 'released' }]);
    expect(await stock()).toEqual([['A', 10, 0], ['B', 10, 0]]);
  });

  it('sweepers of one hold', async () => {
    await hold();
    await lapse();
    // The second finds the hold in hand and waits for nobody.
    const swept: number[] = [];
    await whileAIsTaken(() => [sweepLapsed(db())], async () => void swept.push(await sweepLapsed(db())));
    expect(swept).toEqual([0]);
    expect(await stock()).toEqual([['A', 10, 0], ['B', 10, 0]]);
  });
});
