import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { recordLog, type UpstreamHandler } from '@emall/runtime/testing';
import { sql } from 'kysely';
import pg from 'pg';
import { answering } from '../testing/neighbours.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { startWorker } from './worker.ts';

const COMMIT = 'POST /internal/reservations/*';
/** RELIABILITY: whatever is interrupted anywhere is finished or undone within this. */
const SOON_MS = 60_000;

const { log, lines } = recordLog();
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false, log });
});
afterAll(() => shop.close());

async function place(): Promise<string> {
  return ((await shop.place(shop.shopper().headers, newKey(), orderBody({ paymentMethod: 'on_delivery' }))).json() as { id: string }).id;
}

const stateOf = (id: string) => shop.catalog.reservations.get(id)?.state;

/** While it is there no row of this table can be changed in this way, as when the database goes away at that moment. */
async function refusing(change: 'insert' | 'delete', table: string, during: () => Promise<void>): Promise<void> {
  const owner = new pg.Client({ connectionString: shop.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query(`
      create function order_jobs.refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
      create trigger refuse before ${change} on order_jobs.${table} for each row execute function order_jobs.refuse()`);
    await during();
  } finally {
    await owner.query('drop function if exists order_jobs.refuse cascade');
    await owner.end();
  }
}

it('jobs begin although a worker could not even look at its table of tasks when it started', async () => {
  await sql`delete from order_jobs._private_tasks where identifier = 'refund-payment'`.execute(shop.db);
  const failures = () => lines.filter((line) => line.includes('Error occurred fetching jobs')).length;
  let worker: ReturnType<typeof startWorker> | undefined;
  try {
    await refusing('insert', '_private_tasks', async () => {
      worker = startWorker({ url: shop.database.url, connections: 4 }, shop.deps);
      await until(async () => failures() > 0, SOON_MS);
    });
    const id = await place();
    await until(async () => stateOf(id) === 'committed', SOON_MS);
    expect(stateOf(id)).toBe('committed');
  } finally {
    await worker?.stop();
  }
}, 240_000);

it('jobs go on when one could not be said to be done while others were in hand', async () => {
  const slow = [await place(), await place(), await place()].map((id) => ({ id, begun: Promise.withResolvers<void>(), answer: Promise.withResolvers<void>() }));
  const hold = (usual: UpstreamHandler): UpstreamHandler => async (call) => {
    const held = slow.find(({ id }) => call.url.includes(id));
    held?.begun.resolve();
    await held?.answer.promise;
    return await usual(call);
  };
  await answering(shop.catalog, COMMIT, hold, async () => {
    const worker = startWorker({ url: shop.database.url, connections: 4 }, shop.deps);
    try {
      await Promise.all(slow.map(({ begun }) => begun.promise));
      await refusing('delete', '_private_jobs', async () => {
        await place();
        await until(async () => lines.some((line) => line.includes('Failed to complete jobs')), SOON_MS);
      });
      // One after the other: each is said to be done by a call of its own.
      for (const { id, answer } of slow) {
        answer.resolve();
        await until(async () => isDone(id), SOON_MS);
      }
      const later = await place();
      await until(async () => stateOf(later) === 'committed', SOON_MS);
      expect(stateOf(later)).toBe('committed');
    } finally {
      for (const { answer } of slow) answer.resolve();
      await worker.stop();
    }
  });
}, 240_000);

async function isDone(id: string): Promise<boolean> {
  const { rows } = await sql`select from order_jobs.jobs where key = ${`finish-sale:${id}`}`.execute(shop.db);
  return rows.length === 0;
}
