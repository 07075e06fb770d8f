import { setTimeout } from 'node:timers/promises';
import { silentLog } from '@emall/runtime';
import { PATIENCE_MS } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { applyTurns } from '../stock/turns.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { Changes } from './changes.ts';
import { startFollowing } from './follow.ts';

let catalog: OpenCatalog;
const silentBus = { tell: () => {}, onTold: () => {}, close: () => {} };

beforeAll(async () => {
  catalog = await openCatalog();
  await catalog.sell(
    { key: 'last', variants: [{ sku: 'last', stock: 1 }] },
    { key: 'two', variants: [{ sku: 'two-a', stock: 1, options: { size: 'S' } }, { sku: 'two-b', stock: 1, options: { size: 'M' } }] },
    { key: 'dozen', variants: [{ sku: 'dozen', stock: 12 }] },
  );
});
afterAll(() => catalog.close());

const reserve = (orderId: string, sku: string, quantity = 1) => catalog.order('PUT', `/internal/reservations/${orderId}`, { lines: [{ sku, quantity }], holdSeconds: 600 });

async function inStock(key: string): Promise<boolean | undefined> {
  const { rows } = await sql<{ in_stock: boolean }>`select in_stock from product where key = ${key}`.execute(catalog.db);
  return rows[0]?.in_stock;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 25_000; performance.now() < end; await setTimeout(20)) if (await what()) return;
  throw new Error('it did not happen in time');
}

describe('a product in listings', () => {
  it('sells out with its last unit and comes back with the first', async () => {
    await reserve('t1', 'last');
    await applyTurns(catalog.db);
    expect(await inStock('last')).toBe(false);
    await catalog.order('POST', '/internal/reservations/t1/release');
    await applyTurns(catalog.db);
    expect(await inStock('last')).toBe(true);
  });

  it('is sold out when its last variant is', async () => {
    await reserve('t2', 'two-a');
    await applyTurns(catalog.db);
    expect(await inStock('two')).toBe(true);
    await reserve('t3', 'two-b');
    await applyTurns(catalog.db);
    expect(await inStock('two')).toBe(false);
  });

  it('tells the truth however many replicas copy at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([reserve(`r${round}`, 'last'), applyTurns(catalog.db), applyTurns(catalog.db)]);
      await Promise.all([catalog.order('POST', `/internal/reservations/r${round}/release`), applyTurns(catalog.db), applyTurns(catalog.db)]);
    }
    while ((await applyTurns(catalog.db)) > 0);
    expect(await inStock('last')).toBe(true);
  });

  it('that an import has in hand holds up no other, and follows once it is let go', async () => {
    await catalog.jobDb.transaction().execute(async (job) => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(job);
      await sql`select from product where key = 'last' for update`.execute(job);
      await reserve('h1', 'last');
      await reserve('h2', 'dozen', 12);
      await applyTurns(catalog.db);
      expect([await inStock('last'), await inStock('dozen')]).toEqual([true, false]);
    });
    await applyTurns(catalog.db);
    expect(await inStock('last')).toBe(false);
    for (const order of ['h1', 'h2']) await catalog.order('POST', `/internal/reservations/${order}/release`);
    await applyTurns(catalog.db);
  });
});

describe('how many are left', () => {
  const told = async () => (await sql<{ tags: string[] }>`delete from change returning tags`.execute(catalog.db)).rows.flatMap(({ tags }) => tags).sort();

  it('is told of each of the last few, to the page of the product alone', async () => {
    await sql`delete from change`.execute(catalog.db);
    await reserve('d1', 'dozen', 2);
    await applyTurns(catalog.db);
    expect(await told()).toEqual([]);
    await reserve('d2', 'dozen', 1);
    await applyTurns(catalog.db);
    expect(await told()).toEqual(['product:the-dozen']);
    await reserve('d3', 'dozen', 9);
    await applyTurns(catalog.db);
    expect(await told()).toEqual(['listings', 'product:the-dozen']);
  });
});

describe('the change list', () => {
  const change = (...tags: string[]) => sql`insert into change (tags) values (${tags}::text[])`;

  it('makes old what was loaded before, and nothing else', async () => {
    const changes = new Changes(PATIENCE_MS);
    await changes.read(catalog.rounds);
    const before = changes.stamp() ?? '';
    await change('a', 'b').execute(catalog.db);
    expect(changes.isCurrent(before, ['a'])).toBe(true);
    await changes.read(catalog.rounds);
    const after = changes.stamp() ?? '';
    expect([changes.isCurrent(before, ['c', 'a']), changes.isCurrent(before, ['c']), changes.isCurrent(after, ['a', 'b'])]).toEqual([false, true, true]);
  });

  it('judges what another replica has loaded, also one that was there before this one began', async () => {
    const early = new Changes(PATIENCE_MS);
    await early.read(catalog.rounds);
    const stamp = early.stamp() ?? '';
    await change('while nobody looked').execute(catalog.db);
    const late = new Changes(PATIENCE_MS);
    await late.read(catalog.rounds);
    expect([late.isCurrent(stamp, ['while nobody looked']), late.isCurrent(stamp, ['c'])]).toEqual([false, true]);
    await late.readAnew(catalog.rounds);
    expect([late.isCurrent(stamp, ['while nobody looked']), late.isCurrent(stamp, ['c'])]).toEqual([false, true]);
  });

  it('loses no change whose transaction ended after a later one', async () => {
    const changes = new Changes(PATIENCE_MS);
    await changes.read(catalog.rounds);
    let during = '';
    await catalog.db.transaction().execute(async (slow) => {
      await change('slow').execute(slow);
      await change('quick').execute(catalog.db);
      await changes.read(catalog.rounds);
      during = changes.stamp() ?? '';
      // Both that it is there and that it is not yet: what is loaded now knows of the quick one alone.
      expect([changes.isCurrent(during, ['quick']), changes.isCurrent(during, ['slow'])]).toEqual([true, true]);
    });
    await changes.read(catalog.rounds);
    expect([changes.isCurrent(during, ['quick']), changes.isCurrent(during, ['slow'])]).toEqual([true, false]);
    expect(changes.isCurrent(changes.stamp() ?? '', ['slow', 'quick'])).toBe(true);
  });

  it('vouches for nothing before it was heard', () => {
    const changes = new Changes(PATIENCE_MS);
    expect([changes.stamp(), changes.isCurrent('5:5:', [])]).toEqual([undefined, false]);
  });

  it('takes a stamp that is none for an old one', async () => {
    const changes = new Changes(PATIENCE_MS);
    await changes.read(catalog.rounds);
    for (const stamp of ['', 'x', '1:2', '9:9:a', '-1:3:']) expect(changes.isCurrent(stamp, [])).toBe(false);
  });
});

describe('the rounds', () => {
  it('bring what a shopper sees up to date, and give lapsed holds back', async () => {
    const stop = startFollowing({ rounds: catalog.rounds, changes: catalog.changes, bus: silentBus, log: silentLog });
    const available = async () => (await catalog.get('/api/catalog/products?sort=name')).json().items.find(({ name }: { name: string }) => name === 'The last').available;
    await until(available);
    await reserve('t9', 'last');
    await until(async () => !(await available()));
    await sql`update reservation set expires_at = clock_timestamp() where order_id = 't9'`.execute(catalog.checkoutDb);
    await until(available);
    const { rows } = await sql`select state from reservation where order_id = 't9'`.execute(catalog.db);
    expect(rows).toEqual([{ state: 'released' }]);
    await stop();
  });

  it('give lapsed holds back also while what sold out cannot be copied', async () => {
    await reserve('l1', 'last');
    await sql`update reservation set expires_at = clock_timestamp() where order_id = 'l1'`.execute(catalog.checkoutDb);
    const stop = await catalog.jobDb.transaction().execute(async (job) => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(job);
      await sql`lock table product in access exclusive mode`.execute(job);
      const stop = startFollowing({ rounds: catalog.rounds, changes: catalog.changes, bus: silentBus, log: silentLog });
      await until(async () => (await sql`select from reservation where order_id = 'l1' and state = 'released'`.execute(catalog.checkoutDb)).rows.length > 0);
      return stop;
    });
    await stop();
  });

  /** A bus that tells when the test does, and counts what is told. */
  function ear() {
    const heard = { told: () => {}, tells: 0 };
    return Object.assign(heard, { bus: { tell: () => void (heard.tells += 1), onTold: (hear: () => void) => void (heard.told = hear), close: () => {} } });
  }

  it('come sooner when another replica tells', async () => {
    const other = ear();
    const stop = startFollowing({ rounds: catalog.rounds, changes: catalog.changes, bus: other.bus, log: silentLog });
    await until(async () => catalog.changes.stamp() !== undefined);
    for (let i = 0; i < 3; i += 1) {
      const { epoch } = catalog.changes;
      await sql`insert into change (tags) values (array['told'])`.execute(catalog.db);
      other.told();
      await until(async () => catalog.changes.epoch > epoch);
    }
    await stop();
  });

  it('leave the database a pause, however often others tell', async () => {
    const other = ear();
    const looks: number[] = [];
    const changes = new Changes(PATIENCE_MS);
    const read = changes.read.bind(changes);
    changes.read = (db) => {
      looks.push(performance.now());
      return read(db);
    };
    const stop = startFollowing({ rounds: catalog.rounds, changes, bus: other.bus, log: silentLog });
    await until(async () => {
      other.told();
      return looks.length >= 10;
    });
    await stop();
    const pauses = looks.slice(1).map((look, i) => look - (looks[i] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(95);
  });

  it('of two replicas do not drive each other while stock turns all the time', async () => {
    const replicas = [ear(), ear()];
    const stops = replicas.map(({ bus }, i) => {
      const tell = () => {
        bus.tell();
        replicas[1 - i]?.told();
      };
      const changes = new Changes(PATIENCE_MS);
      const read = changes.read.bind(changes);
      changes.read = async (db) => {
        await sql`insert into stock_turn (sku) values ('dozen')`.execute(db);
        return read(db);
      };
      return startFollowing({ rounds: catalog.rounds, changes, bus: { ...bus, tell }, log: silentLog });
    });
    const start = performance.now();
    const tells = () => replicas.reduce((sum, each) => sum + each.tells, 0);
    await until(async () => tells() >= 8);
    // A round of each in 360 ms at the least, however fast the machine is.
    expect(tells()).toBeLessThanOrEqual(2 * (1 + (performance.now() - start) / 360));
    await Promise.all(stops.map((stop) => stop()));
  });
});
