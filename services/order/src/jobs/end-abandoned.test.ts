import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { UpstreamCall, UpstreamHandler } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { wellBehaved } from '../../../../infra/local/src/sandbox/behaviour.ts';
import { answering } from '../testing/neighbours.ts';
import { type Replica, startReplica } from '../testing/replica.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { endAbandonedCheckout } from './end-abandoned.ts';
import { reconcile } from './reconcile.ts';

const RESERVE = 'PUT /internal/reservations/*';
const RELEASE = 'POST /internal/reservations/*';
/** RELIABILITY: whatever is interrupted anywhere is finished or undone within this. */
const SOON_MS = 60_000;

let meanwhile: (route: string) => void = () => undefined;
let shop: Shop;
const replicas: Replica[] = [];
beforeAll(async () => {
  shop = await openShop({ jobs: false, behaviour: { ...wellBehaved, onCall: async ({ route }) => void meanwhile(route) } });
});
afterEach(async () => {
  for (const replica of replicas.splice(0)) await replica.kill();
});
afterAll(() => shop.close());

async function open(): Promise<Replica> {
  const replica = await startReplica(shop);
  replicas.push(replica);
  return replica;
}

const order = (replica: Replica, headers: Record<string, string>, key: string, body = orderBody()) =>
  fetch(`${replica.url}/api/orders`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key }, body: JSON.stringify(body) });

const keyOf = (key: string) => shop.db.selectFrom('idempotency_key').selectAll().where('key', '=', key).executeTakeFirstOrThrow();

/** A checkout whose replica is killed in the moment in which catalog has reserved for it. */
async function killedAfterReserve(body = orderBody()) {
  const replica = await open();
  const visitor = shop.shopper();
  const key = newKey();
  const deadly = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
    const answer = await usual(call);
    replica.process.kill('SIGKILL');
    return answer;
  };
  await answering(shop.catalog, RESERVE, deadly, async () => {
    await expect(order(replica, visitor.headers, key, body)).rejects.toThrow();
  });
  return { ...visitor, key };
}

/** The same, some time later. */
async function lapsed() {
  const visitor = await killedAfterReserve();
  await shop.db.updateTable('idempotency_key').set({ lease_until: sql`now() - interval '11 seconds'` as never }).where('key', '=', visitor.key).execute();
  return visitor;
}

describe('a checkout that ended well', () => {
  it('is no unfinished work', async () => {
    const { headers } = shop.shopper();
    const key = newKey();
    expect((await shop.place(headers, key)).statusCode).toBe(201);
    expect((await reconcile(shop.db))['end-abandoned']).toBeUndefined();
    expect((await keyOf(key)).abandoned_at).toBeNull();
  });
});

describe('a checkout whose replica was killed after it reserved', () => {
  it('holds nothing any more soon after a replica is back, and its shopper can still order', async () => {
    const before = shop.catalog.stockOf('mug');
    const { headers, key } = await lapsed();
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    // Nobody was left; the next one knows nothing but what the database tells.
    const replica = await open();
    await until(async () => shop.catalog.stockOf('mug') === before, SOON_MS);
    await until(async () => (await keyOf(key)).abandoned_at !== null);
    const repeat = await order(replica, headers, key);
    expect(repeat.status).toBe(201);
    const { id } = (await repeat.json()) as { id: string };
    await until(async () => shop.catalog.reservations.get(id)?.state === 'committed');
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    expect((await keyOf(key)).abandoned_at).toBeNull();
  });
});

describe('a shopper who repeats while it is cleared up behind them', () => {
  it('is told to wait, and then reserves anew', async () => {
    const { shopper, headers, key } = await lapsed();
    const { promise: repeated, resolve } = Promise.withResolvers<void>();
    const slow = (usual: UpstreamHandler) => async (call: UpstreamCall) => (await repeated, await usual(call));
    await answering(shop.catalog, RELEASE, slow, async () => {
      const clearing = endAbandonedCheckout(shop.deps, { shopper, key });
      const repeat = await until(async () => {
        const response = await shop.place(headers, key);
        return response.json().code === 'request-in-progress' && response;
      });
      expect([repeat.statusCode, repeat.headers['retry-after']]).toEqual([409, '1']);
      resolve();
      await clearing;
    });
    const { id } = (await shop.place(headers, key)).json() as { id: string };
    expect(shop.catalog.reservations.get(id)?.state).toBe('held');
  });

  it('need not wait for a catalog that is away: the job lets go, and comes again', async () => {
    const { shopper, headers, key } = await lapsed();
    await answering(shop.catalog, RELEASE, () => () => ({ status: 500 }), () => expect(endAbandonedCheckout(shop.deps, { shopper, key })).rejects.toThrow());
    expect((await keyOf(key)).abandoned_at).toBeNull();
    expect((await shop.place(headers, newKey())).statusCode).toBe(201);
    await endAbandonedCheckout(shop.deps, { shopper, key });
    expect((await keyOf(key)).abandoned_at).toBeInstanceOf(Date);
  });

  it('keeps what they reserved when they were first', async () => {
    const { shopper, headers, key } = await lapsed();
    const early = (usual: UpstreamHandler) => async (call: UpstreamCall) => {
      const answer = await usual(call);
      await endAbandonedCheckout(shop.deps, { shopper, key });
      return answer;
    };
    const response = await answering(shop.catalog, RESERVE, early, () => shop.place(headers, key));
    expect(response.statusCode).toBe(201);
    expect(shop.catalog.reservations.get((response.json() as { id: string }).id)?.state).toBe('held');
    expect((await keyOf(key)).abandoned_at).toBeNull();
  });

  it('is served or told to wait at any moment, and no order is ever stored with its stock given back', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { shopper, headers } = shop.shopper();
      const key = newKey();
      await answering(shop.catalog, RESERVE, () => () => ({ status: 500 }), () => shop.place(headers, key));
      await shop.db.updateTable('idempotency_key').set({ lease_until: sql`now() - interval '11 seconds'` as never }).where('key', '=', key).execute();
      const [repeat] = await Promise.all([shop.place(headers, key), endAbandonedCheckout(shop.deps, { shopper, key }), endAbandonedCheckout(shop.deps, { shopper, key })]);
      const served = repeat.statusCode === 201 ? repeat : await shop.place(headers, key);
      expect([201, 409]).toContain(repeat.statusCode);
      expect(served.statusCode).toBe(201);
      expect(shop.catalog.reservations.get((served.json() as { id: string }).id)?.state).toBe('held');
    }
  });
});

describe('a checkout whose replica was killed after it stored the order', () => {
  it('keeps its stock, which the end of its hold gives back', async () => {
    const replica = await open();
    const { headers, shopper } = shop.shopper();
    const key = newKey();
    const before = shop.catalog.stockOf('mug');
    meanwhile = (route) => void (route === '/v1/checkout/sessions' && replica.process.kill('SIGKILL'));
    await expect(order(replica, headers, key, orderBody({ paymentMethod: 'card' }))).rejects.toThrow();
    meanwhile = () => undefined;
    await shop.db.updateTable('idempotency_key').set({ lease_until: sql`now() - interval '11 seconds'` as never }).where('key', '=', key).execute();
    expect(await reconcile(shop.db)).toMatchObject({ 'end-abandoned': 1 });
    await endAbandonedCheckout(shop.deps, { shopper, key });
    expect((await keyOf(key)).abandoned_at).toBeInstanceOf(Date);
    expect(shop.catalog.stockOf('mug')).toBe(before - 2);
    const { id, state } = await shop.db.selectFrom('order').select(['id', 'state']).where('shopper', '=', shopper).executeTakeFirstOrThrow();
    expect(state).toBe('awaiting_payment');
    // Its job was stored with it: for a test, its hold is over.
    await sql`update order_jobs._private_jobs set run_at = now() where key = ${`expire-order:${id}`}`.execute(shop.db);
    await open();
    await until(async () => shop.catalog.stockOf('mug') === before, SOON_MS);
  });
});
