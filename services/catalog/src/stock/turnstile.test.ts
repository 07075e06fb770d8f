import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, createCache, createRedis, silentLog } from '@emall/runtime';
import { callerHeaders, insist, testIdentityKeys } from '@emall/runtime/testing';
import { sql } from 'kysely';
import { buildApp } from '../app.ts';
import { Changes } from '../changes/changes.ts';
import type { CheckoutTables } from '../database.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { openTurnstile, type Turn, type Turnstile } from './turnstile.ts';

/** Somebody who is let through stays inside until told to leave. */
function visit(turnstile: Turnstile, skus: string[], patienceMs = 10_000) {
  const left = Promise.withResolvers<void>();
  const visitor: { turn: Turn | undefined; leave: () => Promise<void>; done: Promise<unknown> } = {
    turn: undefined,
    leave: async () => {
      left.resolve();
      await visitor.done;
    },
    done: Promise.resolve(),
  };
  visitor.done = turnstile.pass(skus, patienceMs, async (turn) => {
    visitor.turn = turn;
    await left.promise;
  });
  visitor.done.catch(() => {});
  return visitor;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const inside = (...visitors: ReturnType<typeof visit>[]) => visitors.map(({ turn }) => turn !== undefined);

describe('the turnstile', () => {
  it('lets one through for each SKU, in the order in which they came', async () => {
    const turnstile = openTurnstile(5);
    const [a, b, c, other] = [visit(turnstile, ['hot']), visit(turnstile, ['hot']), visit(turnstile, ['hot']), visit(turnstile, ['other'])];
    await settled();
    expect(inside(a, b, c, other)).toEqual([true, false, false, true]);
    await a.leave();
    expect([inside(b, c), b.turn]).toEqual([[true, false], { crowded: true, told: false }]);
    await b.leave();
    expect(inside(c)).toEqual([true]);
    await Promise.all([c.leave(), other.leave()]);
    expect(visit(turnstile, ['hot']).turn).toEqual({ crowded: false, told: false });
  });

  it('holds nobody up for a SKU that he does not want', async () => {
    const turnstile = openTurnstile(5);
    visit(turnstile, ['hot']);
    const both = visit(turnstile, ['cold', 'hot']);
    const cold = visit(turnstile, ['cold']);
    await settled();
    expect(inside(both, cold)).toEqual([false, true]);
  });

  describe('with a queue before each of two SKUs', () => {
    const PATIENCE = 100_000;
    const clock = performance.now.bind(performance);
    afterEach(() => void (performance.now = clock));
    const passHalf = () => void (performance.now = () => clock() + PATIENCE / 2);
    const come = (turnstile: Turnstile, ...skus: string[]) => visit(turnstile, skus, PATIENCE);

    /** Whoever is inside for the one leaves, then whoever is inside for the other: both are never free at once. */
    async function takeTurns(queues: ReturnType<typeof visit>[][], times: number) {
      for (let i = 0; i < times; i += 1) {
        for (const queue of queues) {
          const first = queue.findIndex(({ turn }) => turn !== undefined);
          if (first >= 0) await queue.splice(first, 1)[0]?.leave();
          await settled();
        }
      }
    }

    it('lets in who wants both, once half of his patience is over', async () => {
      const turnstile = openTurnstile(5, PATIENCE);
      const queues = ['a', 'b'].map((sku) => Array.from({ length: 4 }, () => come(turnstile, sku)));
      const both = come(turnstile, 'a', 'b');
      for (const [i, sku] of ['a', 'b'].entries()) queues[i]?.push(...Array.from({ length: 4 }, () => come(turnstile, sku)));
      await takeTurns(queues, 5);
      expect([inside(both), queues.map(({ length }) => length)]).toEqual([[false], [3, 3]]);
      passHalf();
      await takeTurns(queues, 1);
      expect(inside(both)).toEqual([true]);
      await both.leave();
      // And the others after him.
      await takeTurns(queues, 3);
      expect(queues.map(({ length }) => length)).toEqual([0, 0]);
    });

    it('keeps for many who wait for the same no more than the first of them wants', async () => {
      const turnstile = openTurnstile(5, PATIENCE);
      const hot = come(turnstile, 'hot');
      const firsts = [come(turnstile, 'a'), come(turnstile, 'b')];
      const pairs = [come(turnstile, 'hot', 'a'), come(turnstile, 'hot', 'b')];
      const seconds = [come(turnstile, 'a'), come(turnstile, 'b')];
      passHalf();
      for (const first of firsts) await first.leave();
      expect([inside(...pairs), inside(...seconds)]).toEqual([[false, false], [false, true]]);
      await hot.leave();
      expect(inside(...pairs)).toEqual([true, false]);
      for (const visitor of [seconds[1], pairs[0], pairs[1], seconds[0]]) await visitor?.leave();
    });
  });

  it('leaves room beside a crowd before many SKUs', async () => {
    const turnstile = openTurnstile(2);
    const skus = ['a', 'b', 'c', 'd'];
    const first = skus.map((sku) => visit(turnstile, [sku]));
    const crowd = skus.map((sku) => visit(turnstile, [sku]));
    await settled();
    for (const visitor of first) await visitor.leave();
    expect(inside(...crowd)).toEqual([true, true, false, false]);
    // Nobody slips past those who wait for room, and who wants something else is let in.
    const [late, other] = [visit(turnstile, ['c']), visit(turnstile, ['e'])];
    await settled();
    expect(inside(late, other)).toEqual([false, true]);
    await crowd[0]?.leave();
    expect(inside(...crowd, late)).toEqual([true, true, true, false, false]);
  });

  it('tells all who wait that it is gone, and lets them look side by side', async () => {
    const turnstile = openTurnstile(5);
    const first = visit(turnstile, ['hot']);
    const crowd = Array.from({ length: 4 }, (_, i) => visit(turnstile, ['hot', `beside-${i}`]));
    const unconcerned = visit(turnstile, ['other']);
    await settled();
    turnstile.tell(['hot']);
    await settled();
    expect(crowd.map(({ turn }) => turn)).toEqual(Array.from({ length: 4 }, () => ({ crowded: true, told: true })));
    expect(unconcerned.turn).toEqual({ crowded: false, told: false });
    await first.leave();
  });

  it('turns away whom the queue has no room for, and whoever has no time', async () => {
    const turnstile = openTurnstile(5);
    const first = visit(turnstile, ['hot']);
    await expect(visit(turnstile, ['hot'], 0).done).rejects.toMatchObject({ status: 503, details: { headers: { 'retry-after': '1' } } });
    const waiting = Array.from({ length: 200 }, () => visit(turnstile, ['hot']));
    await expect(visit(turnstile, ['hot']).done).rejects.toMatchObject({ status: 503 });
    await expect(waiting[199]?.done).rejects.toMatchObject({ status: 503 });
    await first.leave();
    expect(visit(turnstile, ['hot']).turn).toBeDefined();
  });

  it('lets the next in after a failure', async () => {
    const turnstile = openTurnstile(5);
    const failing = turnstile.pass(['hot'], 1000, () => Promise.reject(new Error('down')));
    const next = visit(turnstile, ['hot']);
    await expect(failing).rejects.toThrow('down');
    await settled();
    expect(inside(next)).toEqual([true]);
  });
});

describe('a hot item', () => {
  const CONNECTIONS = 4;
  const HOLD = 600;
  let catalog: OpenCatalog;
  let opened = 0;
  const closing: (() => Promise<unknown> | void)[] = [];

  beforeAll(async () => {
    catalog = await openCatalog();
    await catalog.sell({ key: 'hot', variants: [{ sku: 'hot', stock: 20 }] }, { key: 'single', variants: [{ sku: 'single', stock: 1 }] }, { key: 'gone', variants: [{ sku: 'gone', stock: 3 }] }, ...Array.from({ length: 40 }, (_, i) => ({ key: `cold-${i}`, variants: [{ sku: `cold-${i}`, stock: 100 }] })));
  });
  afterAll(async () => {
    for (const close of closing) await close();
    await catalog.close();
  });

  /** A replica with as few connections as there may be. */
  async function replica(turnstile: Turnstile) {
    const redis = createRedis({ url: 'redis://127.0.0.1:1', log: silentLog });
    const checkoutDb = createDatabase<CheckoutTables>({ url: catalog.url, name: 'few', max: CONNECTIONS, log: silentLog });
    const cache = createCache({ redis, namespace: 'hot', freshness: new Changes(), log: silentLog });
    const app = await buildApp({ db: catalog.db, checkoutDb, cache, turnstile, identityKeys: testIdentityKeys });
    closing.push(() => app.close(), () => checkoutDb.destroy(), () => redis.disconnect());
    const headers = callerHeaders('order');
    const reserve = (orderId: string, ...skus: string[]) =>
      app.inject({ method: 'PUT', url: `/internal/reservations/${orderId}`, headers, payload: { lines: skus.map((sku) => ({ sku, quantity: 1 })), holdSeconds: HOLD } });
    // Opening a connection may take long on a busy machine, using one does not.
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => insist(() => reserve(`open-${(opened += 1)}`, `cold-${i}`))));
    return reserve;
  }

  /** Somebody holds the row for as long as `work` takes: the longest queue that there can be. */
  async function whileHeld<T>(sku: string, work: () => Promise<T>): Promise<T> {
    return catalog.jobDb.transaction().execute(async (trx) => {
      // However long that takes on a busy machine.
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
      await sql`select from stock where sku = ${sku} for update`.execute(trx);
      return work();
    });
  }

  it('leaves connections for the checkout of everything else', async () => {
    const reserve = await replica(openTurnstile(CONNECTIONS / 2));
    const hot: ReturnType<typeof reserve>[] = [];
    const others = await whileHeld('hot', async () => {
      hot.push(...Array.from({ length: 200 }, (_, i) => reserve(`hot-${i}`, 'hot')));
      const answers = [];
      for (let i = 0; i < 40; i += 1) answers.push((await reserve(`cold-${i}`, `cold-${i}`)).statusCode);
      return answers;
    });
    expect(others).toEqual(Array.from({ length: 40 }, () => 200));
    const answers = await Promise.all(hot);
    for (const { statusCode, headers } of answers) if (statusCode === 503) expect(headers['retry-after']).toBe('1');
    expect(new Set(answers.map(({ statusCode }) => statusCode)).isSubsetOf(new Set([200, 409, 503]))).toBe(true);
  });

  it('sells every unit once, and tells all others that it is sold out', async () => {
    const reserve = await replica(openTurnstile(CONNECTIONS / 2));
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => reserve(`gone-${i}`, 'gone')));
    const count = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length;
    expect(count(200)).toBe(3);
    expect(count(200) + count(409) + count(503)).toBe(100);
    expect(count(409)).toBeGreaterThan(0);
    for (const answer of answers) if (answer.statusCode === 409) expect(answer.json()).toMatchObject({ code: 'out-of-stock', lines: [{ sku: 'gone', available: 0 }] });
    const { rows } = await sql`select on_hand, reserved from stock where sku = 'gone'`.execute(catalog.db);
    expect(rows).toEqual([{ on_hand: 3, reserved: 3 }]);
  });

  it('is told to be sold out without a wait for its row', async () => {
    const reserve = await replica(openTurnstile(CONNECTIONS / 2));
    expect((await reserve('late', 'gone')).statusCode).toBe(409);
    await whileHeld('gone', async () => {
      const answers = [];
      for (let i = 0; i < 5; i += 1) answers.push((await reserve(`late-${i}`, 'cold-1', 'gone')).statusCode);
      expect(answers).toEqual([409, 409, 409, 409, 409]);
    });
  });

  it('is held once by an order that asks twice, though it is gone meanwhile', async () => {
    const reserve = await replica(openTurnstile(CONNECTIONS / 2));
    const answers = await Promise.all(Array.from({ length: 20 }, () => reserve('gone-again', 'single')));
    expect(new Set(answers.map(({ statusCode }) => statusCode)).isSubsetOf(new Set([200, 503]))).toBe(true);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from reservation_line where order_id = 'gone-again'`.execute(catalog.db);
    expect(rows[0]?.n).toBe(1);
  });

  it('can be bought again as soon as units are back', async () => {
    const reserve = await replica(openTurnstile(CONNECTIONS / 2));
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => reserve(`none-${i}`, 'gone')));
    expect(answers.some(({ statusCode }) => statusCode === 200)).toBe(false);
    const { rows: [held] } = await sql<{ order_id: string }>`select order_id from reservation_line where sku = 'gone' limit 1`.execute(catalog.db);
    await catalog.order('POST', `/internal/reservations/${held?.order_id}/release`);
    expect((await reserve('back', 'gone')).statusCode).toBe(200);
  });
});
