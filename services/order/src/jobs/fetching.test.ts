import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { inTransaction } from '@emall/runtime';
import { Logger, run, type WorkerEvents } from 'graphile-worker';
import { EventEmitter } from 'node:events';
import { openShop, type Shop, until } from '../testing/shop.ts';
import { addJobs, job } from './add-jobs.ts';
import { fetching, lookAgain } from './fetching.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

it('a job that is announced while a runner pauses is fetched at the end of the pause, not at the next look by the clock', async () => {
  const add = (shopper: string) => inTransaction(shop.db, (trx) => addJobs(trx, [job('release-stock', { orderId: 'x', shopper })]));
  const done: string[] = [];
  const events: WorkerEvents = new EventEmitter();
  lookAgain(events);
  const paused = new Promise<void>((resolve) => void events.on('localQueue:refetchDelay:start', ({ jobCount }) => jobCount > 0 && resolve()));
  const listening = new Promise<void>((resolve) => void events.once('pool:listen:success', () => resolve()));
  const runner = await run({
    connectionString: shop.database.url,
    schema: 'order_jobs',
    events,
    concurrency: 2,
    parsedCronItems: [],
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
    pollInterval: 3_600_000,
    taskList: { 'release-stock': (payload) => void done.push((payload as { shopper: string }).shopper) },
    preset: { worker: { localQueue: fetching(4) } },
  });
  await listening;
  await add('first');
  await paused;
  await add('second');
  await until(async () => done.length === 2);
  await runner.stop();
  expect(done).toEqual(['first', 'second']);
});
