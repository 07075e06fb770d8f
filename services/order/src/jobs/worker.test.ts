import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { UpstreamCall, UpstreamHandler } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { answering } from '../testing/neighbours.ts';
import { networkTo } from '../testing/network.ts';
import { startReplica } from '../testing/replica.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { type JobWorker, startWorker } from './worker.ts';

const COMMIT = 'POST /internal/reservations/*';
/** RELIABILITY: whatever is interrupted anywhere is finished or undone within this. */
const SOON_MS = 60_000;

let shop: Shop;
const workers: JobWorker[] = [];
const startWorkerHere = () => void workers.push(shop.startJobs());
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
});
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

async function place(paymentMethod: 'card' | 'on_delivery') {
  const { headers } = shop.shopper();
  return (await shop.place(headers, newKey(), orderBody({ paymentMethod }))).json() as { id: string };
}

const committed = (id: string) => until(async () => shop.catalog.reservations.get(id)?.state === 'committed', SOON_MS);
const pools = async () => (await shop.db.selectFrom('job_pool').select('id').execute()).map(({ id }) => id);
const queue = async () => (await sql<{ id: string; key: string; locked_by: string | null }>`select id, key, locked_by from order_jobs.jobs`.execute(shop.db)).rows;

describe('the job of a process that was killed', () => {
  it('is done by another one', async () => {
    const replica = await startReplica(shop);
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const first = () => async (call: UpstreamCall) => {
      if (call.url.endsWith('/commit')) begin();
      return 'hang' as const;
    };
    const { id } = await answering(shop.catalog, COMMIT, first, async () => {
      const placed = await place('on_delivery');
      await begun;
      await replica.kill();
      return placed;
    });
    expect((await queue()).find(({ key }) => key === `finish-sale:${id}`)?.locked_by).not.toBeNull();
    const dead = await pools();
    expect(dead).not.toEqual([]);
    await shop.db.updateTable('job_pool').set({ seen_at: sql`now() - interval '16 seconds'` as never }).where('id', 'in', dead).execute();

    startWorkerHere();
    await committed(id);
    expect((await pools()).filter((each) => dead.includes(each))).toEqual([]);
  });

  it('is done also when it died before its first heartbeat', async () => {
    const { id } = await place('on_delivery');
    await sql`update order_jobs._private_jobs set locked_by = 'unheard-of', locked_at = now() - interval '16 seconds'`.execute(shop.db);
    startWorkerHere();
    await committed(id);
  });
});

describe('a replica whose database', () => {
  it.each(['refuse', 'blackhole'] as const)('is away (%s) does its jobs soon after it is back', async (mode) => {
    const address = new URL(shop.database.url);
    const network = await networkTo(Number(address.port));
    address.host = `127.0.0.1:${network.port}`;
    const replica = await startReplica(shop, address.href);
    try {
      await committed((await place('on_delivery')).id);
      network.set(mode);
      const { id } = await place('on_delivery');
      await until(async () => !(await isHeardOf('6 seconds')), SOON_MS);
      expect(shop.catalog.reservations.get(id)?.state).toBe('held');
      network.set('pass');
      await committed(id);
    } finally {
      await replica.kill();
      await network.close();
    }
  });

  it('cuts all connections of its queue goes on', async () => {
    startWorkerHere();
    const listening = sql`application_name like '%/jobs' and datname = current_database() and query like 'LISTEN%'`;
    await until(async () => (await sql`select 1 from pg_stat_activity where ${listening}`.execute(shop.db)).rows.length === 2, SOON_MS);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%/jobs' and datname = current_database()`.execute(shop.db);
    await committed((await place('on_delivery')).id);
  });

  const isHeardOf = async (within: string) =>
    (await shop.db.selectFrom('job_pool').select('id').where('seen_at', '>', sql<Date>`now() - ${within}::interval`).execute()).length > 0;
});

describe('a worker that stops', () => {
  it('leaves no job locked and no heartbeat, and hands back what it has fetched and not begun', async () => {
    const before = await pools();
    const orders = await Promise.all(Array.from({ length: 18 }, () => place('on_delivery')));
    const begun = new Set<string>();
    const { promise: end, resolve: endWaiting } = Promise.withResolvers<void>();
    const slowly = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      begun.add(`finish-sale:${call.url.split('/')[3]}`);
      await end;
      return await usual(call);
    };
    await answering(shop.catalog, COMMIT, slowly, async () => {
      const worker = shop.startJobs();
      const mine = await until(async () => {
        const found = (await pools()).filter((id) => !before.includes(id));
        return found.length === 2 && found;
      }, SOON_MS);
      const inHand = async () => (await queue()).filter(({ locked_by: by }) => by !== null && mine.includes(by)).map(({ key }) => key);
      const notBegun = await until(async () => {
        const waiting = (await inHand()).filter((key) => key.startsWith('finish-sale:') && !begun.has(key));
        return begun.size >= 12 && waiting.length > 0 && waiting;
      }, SOON_MS);
      const stopped = worker.stop();
      endWaiting();
      await stopped;
      expect(await inHand()).toEqual([]);
      expect((await pools()).filter((id) => mine.includes(id))).toEqual([]);
      // For the next one, at once and as if nobody had fetched it.
      const { rows: left } = await sql<{ key: string }>`select key from order_jobs.jobs where attempts = 0 and run_at <= now()`.execute(shop.db);
      const handedBack = notBegun.filter((key) => !begun.has(key));
      expect(handedBack).not.toEqual([]);
      expect(left.map(({ key }) => key)).toEqual(expect.arrayContaining(handedBack));
    });
    startWorkerHere();
    for (const { id } of orders) await committed(id);
  });
});

describe('a payment provider that never answers', () => {
  it('does not keep stock and carts from what is theirs', async () => {
    const { promise: silence, reject: endIt } = Promise.withResolvers<never>();
    const deps = { ...shop.deps, provider: { ...shop.deps.provider, expire: () => silence } };
    for (let n = 0; n < 12; n += 1) await place('card');
    await sql`update order_jobs._private_jobs set run_at = now() where key like 'expire-order:%'`.execute(shop.db);
    const worker = startWorker({ url: shop.database.url, connections: 3 }, deps);
    const waiting = async () => (await queue()).filter(({ key, locked_by: by }) => key.startsWith('expire-order:') && by !== null).length;
    await until(async () => (await waiting()) >= 3);
    const { id } = await place('on_delivery');
    await committed(id);
    await until(async () => !(await queue()).some(({ key }) => key === `finish-sale:${id}`));
    expect(await waiting()).toBeGreaterThanOrEqual(3);
    endIt(new Error('the test is over'));
    await worker.stop();
  });
});
