import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, silentLog } from '@emall/runtime';
import { PATIENCE_MS } from '@emall/runtime/testing';
import { sql } from 'kysely';
import type { Checkout, CheckoutTables } from '../database.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { reserve } from './reserve.ts';
import { commit, release } from './settle.ts';
import { sweepLapsed } from './sweep.ts';
import { noTurnstile } from './turnstile.ts';

let catalog: OpenCatalog;
let checkoutDb: Checkout;
beforeAll(async () => {
  catalog = await openCatalog();
  // Nothing is sorted that no statement asks to have sorted: on small tables, and by an index, plans often do it by themselves.
  // And nobody gives up while others, on a busy machine, are still on their way to the lock.
  const url = `${catalog.url}?options=${encodeURIComponent('-c enable_sort=off -c enable_mergejoin=off -c enable_indexscan=off -c enable_indexonlyscan=off -c enable_bitmapscan=off -c lock_timeout=30s')}`;
  checkoutDb = createDatabase<CheckoutTables>({ url, name: 'turns', max: 5, acquireTimeoutMs: PATIENCE_MS, statementTimeoutMs: PATIENCE_MS, log: silentLog });
});
afterAll(async () => {
  await checkoutDb.destroy();
  await catalog.close();
});

const SKUS = ['F', 'E', 'D', 'C', 'B', 'A'];
let orderId: string;
beforeEach(async () => {
  orderId = `order-${crypto.randomUUID()}`;
  await sql`delete from reservation`.execute(db());
  await sql`delete from stock`.execute(db());
  // They lie and are asked for the other way round: whoever locks A first has sorted them.
  await catalog.sell(...SKUS.map((key) => ({ key })));
});

const db = () => checkoutDb;
const hold = (quantity = 1) => reserve(db(), { orderId, lines: SKUS.map((sku) => ({ sku, quantity })), holdSeconds: 60 }, noTurnstile, PATIENCE_MS);
/** Its lines lie the other way round, too. */
async function holdReversed(): Promise<void> {
  await hold();
  await db().transaction().execute(async (trx) => {
    for (const sku of SKUS) await sql`update reservation_line set quantity = quantity where order_id = ${orderId} and sku = ${sku}`.execute(trx);
  });
}
const lapse = () => sql`update reservation set expires_at = clock_timestamp() - interval '1 second'`.execute(db());
/** What there is of every SKU and what is reserved of it, when that is the same of all. */
const stock = async () => {
  const { rows } = await sql<{ on_hand: number; reserved: number }>`select distinct on_hand, reserved from stock`.execute(db());
  return rows.flatMap(({ on_hand: onHand, reserved }) => [onHand, reserved]);
};

async function waiting(): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db());
  return rows[0]?.waiting ?? 0;
}

/** Begins these while somebody else has A in hand, and lets go of it once all of them wait. */
async function whileAIsTaken<T>(begin: () => Promise<T>[], meanwhile: (holder: Checkout) => Promise<unknown> = async () => undefined): Promise<PromiseSettledResult<T>[]> {
  const begun = await db().transaction().execute(async (trx) => {
    await sql`select from stock where sku = 'A' for update`.execute(trx);
    const calls = begin();
    const ended = Promise.allSettled(calls);
    const end = performance.now() + PATIENCE_MS;
    while ((await waiting()) < calls.length) {
      if (performance.now() > end) throw new Error('not all of them wait for A');
      await sleep(10);
    }
    await meanwhile(trx);
    return { ended };
  });
  return await begun.ended;
}

/** Nobody who waits for A has any of the others. */
async function expectOthersFree(): Promise<void> {
  const { rows } = await sql`select from stock where sku <> 'A' for update skip locked`.execute(db());
  expect(rows).toHaveLength(SKUS.length - 1);
}

describe('whoever waits for a SKU has none that comes after it', () => {
  it('a reservation that waits for nobody holds its lines', async () => {
    await hold();
    expect(await stock()).toEqual([10, 1]);
  });

  it('a reservation', async () => {
    await whileAIsTaken(() => [hold()], expectOthersFree);
    expect(await stock()).toEqual([10, 1]);
  });

  it('a commitment', async () => {
    await holdReversed();
    await whileAIsTaken(() => [commit(db(), orderId)], expectOthersFree);
    expect(await stock()).toEqual([9, 0]);
  });

  it('a release', async () => {
    await holdReversed();
    await whileAIsTaken(() => [release(db(), orderId)], expectOthersFree);
    expect(await stock()).toEqual([10, 0]);
  });

  it('a sweep', async () => {
    await holdReversed();
    await lapse();
    await whileAIsTaken(() => [sweepLapsed(db())], expectOthersFree);
    expect(await stock()).toEqual([10, 0]);
  });
});

describe('a reservation of more than there is', () => {
  it('is refused as sold out, and holds nothing', async () => {
    await expect(hold(11)).rejects.toMatchObject({ code: 'out-of-stock' });
    expect(await stock()).toEqual([10, 0]);
  });

  it('is refused as sold out also when the last units went while it waited for them', async () => {
    const [answer] = await whileAIsTaken(() => [hold()], (holder) => sql`update stock set reserved = on_hand where sku = 'A'`.execute(holder));
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'out-of-stock' } });
  });
});

describe('two who do the same at once do it once', () => {
  it('holds of one order', async () => {
    const answers = await whileAIsTaken(() => [hold(), hold()]);
    expect(answers).toMatchObject([{ value: { state: 'held' } }, { value: { state: 'held' } }]);
    expect(await stock()).toEqual([10, 1]);
  });

  it('commitments of one order', async () => {
    await hold();
    const answers = await whileAIsTaken(() => [commit(db(), orderId), commit(db(), orderId)]);
    expect(answers).toMatchObject([{ value: 'committed' }, { value: 'committed' }]);
    expect(await stock()).toEqual([9, 0]);
  });

  it('releases of one order', async () => {
    await hold();
    await commit(db(), orderId);
    const answers = await whileAIsTaken(() => [release(db(), orderId), release(db(), orderId)]);
    expect(answers).toMatchObject([{ value: 'released' }, { value: 'released' }]);
    expect(await stock()).toEqual([10, 0]);
  });

  it('sweepers of one hold', async () => {
    await hold();
    await lapse();
    // The second finds the hold in hand and waits for nobody.
    const swept: number[] = [];
    await whileAIsTaken(() => [sweepLapsed(db())], async () => void swept.push(await sweepLapsed(db())));
    expect(swept).toEqual([0]);
    expect(await stock()).toEqual([10, 0]);
  });
});

describe('a release', () => {
  /** Begins to release while this attempt has reserved and not committed. */
  async function releaseWhileReserving(attempt: number, by: number) {
    const releasing = await db().transaction().execute(async (trx) => {
      await reserve(trx, { orderId, lines: SKUS.map((sku) => ({ sku, quantity: 1 })), holdSeconds: 60, attempt }, noTurnstile, PATIENCE_MS);
      const released = release(db(), orderId, by);
      const waits = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while ((await waits.execute(db())).rows.length === 0);
      return { released };
    });
    return await releasing.released;
  }

  it('of what is being reserved at this moment gives it back', async () => {
    await releaseWhileReserving(1, 2);
    expect(await stock()).toEqual([10, 0]);
  });

  it('of what is being reserved again at this moment gives it back', async () => {
    await release(db(), orderId, 1);
    await releaseWhileReserving(2, 3);
    expect(await stock()).toEqual([10, 0]);
  });

  it('leaves alone what a later attempt is reserving at this moment', async () => {
    await releaseWhileReserving(3, 2);
    expect(await stock()).toEqual([10, 1]);
  });
});
