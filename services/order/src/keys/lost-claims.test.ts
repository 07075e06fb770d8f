import { defineProblem, unavailable } from '@emall/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { cartEmpty } from '../errors.ts';
import { newKey, openShop, orderBody, type Shop, until } from '../testing/shop.ts';
import { created, isFinal } from './answer.ts';
import { fingerprint } from './fingerprint.ts';
import { type Claim, ClaimLost, claimKey, keepAnswer, releaseClaim, renewClaims, stillHeld } from './queries.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false });
});
afterAll(() => shop.close());

const PRINT = fingerprint(orderBody());
const lapse = (key: string) => sql`update idempotency_key set lease_until = clock_timestamp() - interval '1 second' where key = ${key}`.execute(shop.db);
const rowOf = (key: string) => shop.db.selectFrom('idempotency_key').selectAll().where('key', '=', key).executeTakeFirstOrThrow();
const inTrx = (what: (trx: Parameters<typeof stillHeld>[0]) => Promise<void>) => shop.db.transaction().execute(what);

async function claimed(shopper: string, key: string): Promise<Claim> {
  const claim = await claimKey(shop.db, shopper, key, PRINT);
  if ('body' in claim) throw new Error('it was answered');
  return claim;
}

/** The claim of a holder whose key somebody else has taken over and works on. */
async function lost(): Promise<{ key: string; mine: Claim; theirs: Claim }> {
  const { shopper } = shop.shopper();
  const key = newKey();
  const mine = await claimed(shopper, key);
  await lapse(key);
  return { key, mine, theirs: await claimed(shopper, key) };
}

describe('who holds a key', () => {
  it('may begin what only the holder may do, and keep the answer', async () => {
    const key = newKey();
    const claim = await claimed(shop.shopper().shopper, key);
    await inTrx((trx) => stillHeld(trx, claim));
    await inTrx((trx) => keepAnswer(trx, claim, created({})));
    expect((await rowOf(key)).status).toBe(201);
  });
});

describe('who lost a key to another that is still at work', () => {
  it('may not begin what only the holder may do', async () => {
    const { mine } = await lost();
    await expect(inTrx((trx) => stillHeld(trx, mine))).rejects.toThrow(ClaimLost);
  });

  it('keeps no answer', async () => {
    const { key, mine } = await lost();
    await expect(inTrx((trx) => keepAnswer(trx, mine, created({})))).rejects.toThrow(ClaimLost);
    expect((await rowOf(key)).status).toBeNull();
  });

  it('does not hold it on for the other', async () => {
    const { key, mine } = await lost();
    const { lease_until: before } = await rowOf(key);
    await renewClaims(shop.db, [mine]);
    expect((await rowOf(key)).lease_until).toEqual(before);
  });

  it('does not let go of it for the other', async () => {
    const { key, mine } = await lost();
    await releaseClaim(shop.db, mine);
    await expect(claimKey(shop.db, mine.shopper, key, PRINT)).rejects.toMatchObject({ code: 'request-in-progress' });
  });
});

describe('a claim that has lapsed', () => {
  it('is not held on again', async () => {
    const key = newKey();
    const claim = await claimed(shop.shopper().shopper, key);
    await lapse(key);
    const { lease_until: before } = await rowOf(key);
    await renewClaims(shop.db, [claim]);
    expect((await rowOf(key)).lease_until).toEqual(before);
  });
});

describe('a claim on another key of the same shopper', () => {
  it('waits for one that is being made, and then for its lease', async () => {
    const { shopper } = shop.shopper();
    const { promise: goOn, resolve } = Promise.withResolvers<void>();
    const { promise: claiming, resolve: begun } = Promise.withResolvers<void>();
    const first = inTrx(async (trx) => {
      await claimKey(trx as never, shopper, newKey(), PRINT);
      begun();
      await goOn;
    });
    await claiming;
    const second = claimKey(shop.db, shopper, newKey(), PRINT).catch((error: unknown) => error);
    try {
      await until(async () => (await sql<{ waits: boolean }>`select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())) as waits`.execute(shop.db)).rows[0]?.waits);
    } finally {
      resolve();
      await first;
    }
    expect(await second).toMatchObject({ code: 'request-in-progress' });
  });

  it('is made when the first has been answered, has been let go of, or has lapsed', async () => {
    const { shopper, headers } = shop.shopper();
    await shop.place(headers, newKey());
    await releaseClaim(shop.db, await claimed(shopper, newKey()));
    const key = newKey();
    await claimed(shopper, key);
    await lapse(key);
    expect((await claimed(shopper, newKey())).attempt).toBe(1);
  });

  it('takes the right to store from one that fell silent, and leaves alone what was answered', async () => {
    const { shopper, headers } = shop.shopper();
    const answered = newKey();
    await shop.place(headers, answered);
    const before = await rowOf(answered);
    const key = newKey();
    const silent = await claimed(shopper, key);
    await lapse(key);
    await claimed(shopper, newKey());
    await expect(inTrx((trx) => stillHeld(trx, silent))).rejects.toThrow(ClaimLost);
    await expect(inTrx((trx) => keepAnswer(trx, silent, created({})))).rejects.toThrow(ClaimLost);
    expect(await rowOf(answered)).toEqual(before);
  });

  it('waits for an order that is being stored after its claim lapsed, and sees it', async () => {
    const { shopper } = shop.shopper();
    const key = newKey();
    const silent = await claimed(shopper, key);
    await lapse(key);
    const { promise: goOn, resolve } = Promise.withResolvers<void>();
    const { promise: storing, resolve: begun } = Promise.withResolvers<void>();
    const id = crypto.randomUUID();
    const stored = inTrx(async (trx) => {
      await keepAnswer(trx, silent, created({}));
      await trx.insertInto('order').values({
        id, shopper, cart_version: 'v1', state: 'accepted', email: 'ada@example.com', address: '{}' as never, shipping_method: 'standard', payment_method: 'on_delivery', currency: 'GBP',
        items: 2500, shipping: 395, tax: 0, total: 2895, link_hash: Buffer.alloc(32),
      }).execute();
      begun();
      await goOn;
    });
    await storing;
    const second = claimed(shopper, newKey());
    try {
      await until(async () => (await sql<{ waits: boolean }>`select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%claim_key%') as waits`.execute(shop.db)).rows[0]?.waits);
    } finally {
      resolve();
      await stored;
    }
    expect((await second).standing.inCart).toEqual([{ id, cartVersion: 'v1' }]);
  });

  it('looks at the keys of its own shopper alone, and at none that was answered', async () => {
    const { shopper } = shop.shopper();
    await sql`insert into idempotency_key (shopper, key, fingerprint, holder, lease_until, status, content_type, body)
      select ${shopper}, 'answered-' || n, '', gen_random_uuid(), now(), 201, '', '' from generate_series(1, 20000) n`.execute(shop.db);
    await sql`analyze idempotency_key`.execute(shop.db);
    const plan = await sql<{ 'QUERY PLAN': string }>`explain select from idempotency_key where shopper = ${shopper} and status is null and abandoned_at is null and key <> 'x'`.execute(shop.db);
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/idempotency_key_unanswered[^]*Index Cond: \(shopper/);
  });

  it('does not matter to the same key of another shopper', async () => {
    const key = newKey();
    await claimed(shop.shopper().shopper, key);
    expect((await claimed(shop.shopper().shopper, key)).attempt).toBe(1);
  });
});

describe('an answer that was kept', () => {
  it('is repeated also long after the claim has lapsed', async () => {
    const { shopper, headers } = shop.shopper();
    const key = newKey();
    const first = await shop.place(headers, key);
    await lapse(key);
    expect(await claimKey(shop.db, shopper, key, PRINT)).toMatchObject({ status: 201 });
    expect((await shop.place(headers, key)).body).toBe(first.body);
    expect(await shop.db.selectFrom('order').select('id').where('shopper', '=', shopper).execute()).toHaveLength(1);
  });

  it('is never one that may be another tomorrow', () => {
    const tooMany = defineProblem('too-many', 429, 'Too many');
    expect([cartEmpty(), tooMany(), unavailable(), new Error('a fault')].map(isFinal)).toEqual([true, false, false, false]);
  });
});
