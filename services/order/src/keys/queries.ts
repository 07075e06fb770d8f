import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Trx } from '../database.ts';
import { keyReused, stillRunning } from '../errors.ts';
import type { Answer } from './answer.ts';

/**
 * How long a claim is believed of a holder that says nothing. Short, so that a shopper whose replica was killed gets the
 * answer of another within the same request; who is alive and slow holds on to it, see `holdOn`.
 */
const LEASE = sql.lit('2 seconds');
/** Holds what was let go of, or taken from who fell silent. */
const NOBODY = sql.lit('00000000-0000-0000-0000-000000000000');

export interface Claim {
  shopper: string;
  key: string;
  holder: string;
  /** Rises with every holder: above 1 somebody held this key before us and may have left things half done. */
  attempt: number;
  /** How it stood with this shopper's other orders when the key was claimed. */
  standing: Standing;
}

export interface Standing {
  /** The order that awaits payment. */
  waiting: string | null;
  /** How many orders of the last 24 hours are due on delivery. */
  due: number;
  /** What is sold and has not been taken out of the cart. */
  inCart: { id: string; cartVersion: string | null }[];
}

/**
 * The right to work on this key for 2 s by the database's clock, or the answer that was given before. One checkout of a
 * shopper at a time: each of two whose carts differ could hold the same unit, and would be right by itself.
 * Tells how it stands with the shopper's orders too, because a statement of its own would be the eleventh of a checkout.
 * The SQL is in `0014-one-checkout-at-a-time.sql`.
 * @throws keyReused (422), stillRunning (409 with Retry-After)
 */
export async function claimKey(db: Database, shopper: string, key: string, fingerprint: Buffer): Promise<Claim | Answer> {
  const holder = randomUUID();
  const { rows } = await sql<{ attempts: number; standing: Standing }>`
    select attempts, standing from claim_key(${shopper}, ${key}, ${fingerprint}, ${holder}::uuid, interval ${LEASE})`.execute(db);
  if (rows[0]) return { shopper, key, holder, attempt: rows[0].attempts, standing: rows[0].standing };
  return await keptAnswer(db, shopper, key, fingerprint);
}

/** @throws keyReused (422), stillRunning (409) */
export async function keptAnswer(db: Database, shopper: string, key: string, fingerprint?: Buffer): Promise<Answer> {
  const kept = await db
    .selectFrom('idempotency_key')
    .select(['fingerprint', 'status', 'content_type', 'body'])
    .where('shopper', '=', shopper)
    .where('key', '=', key)
    .executeTakeFirst();
  if (kept && fingerprint && !kept.fingerprint.equals(fingerprint)) throw keyReused({ detail: 'This order was changed after it was sent. Load the page again and order once more.' });
  if (!kept?.body || kept.status === null) throw stillRunning({ detail: 'An order of yours is still being placed. Ask again in a second.', headers: { 'retry-after': '1' } });
  return { status: kept.status, contentType: kept.content_type ?? 'application/json', body: kept.body };
}

/** Thrown inside a transaction to undo it: another request has taken the key over and will answer. */
export class ClaimLost extends Error {
  override name = 'ClaimLost';
}

/**
 * Holds these claims on for another 2 s. One that has lapsed is not: somebody may be about to take it over. One whose row
 * is locked is about to be answered, and not waited for.
 */
export async function renewClaims(db: Database, claims: readonly Claim[]): Promise<void> {
  const [shoppers, keys, holders] = [claims.map(({ shopper }) => shopper), claims.map(({ key }) => key), claims.map(({ holder }) => holder)];
  await sql`
    with unflushed as materialized (select set_config('synchronous_commit', 'off', true)), mine as materialized (
      select k.shopper, k.key from idempotency_key k
      join unnest(${shoppers}::text[], ${keys}::text[], ${holders}::uuid[]) held(shopper, key, holder) using (shopper, key, holder)
      where k.status is null and k.lease_until > clock_timestamp()
      for update of k skip locked
    )
    update idempotency_key k set lease_until = clock_timestamp() + interval ${LEASE}
    from mine, unflushed where k.shopper = mine.shopper and k.key = mine.key`.execute(db);
}

/** Outlasts a call to catalog: nobody may reserve anew while what a dead holder reserved is given back. */
const LEASE_TO_END = sql.lit('10 seconds');

/**
 * The right to clear up behind a holder that died, for 10 s; undefined when the key was answered, is at work again, or
 * has been cleared up behind. A repeat that comes meanwhile waits, see `stillRunning`.
 */
export async function claimAbandoned(db: Database, shopper: string, key: string): Promise<Omit<Claim, 'standing'> | undefined> {
  const holder = randomUUID();
  const { rows } = await sql<{ attempts: number }>`
    update idempotency_key set holder = ${holder}::uuid, lease_until = clock_timestamp() + interval ${LEASE_TO_END}, attempts = attempts + 1
    where shopper = ${shopper} and key = ${key} and status is null and abandoned_at is null and lease_until <= clock_timestamp()
    returning attempts`.execute(db);
  return rows[0] && { shopper, key, holder, attempt: rows[0].attempts };
}

/** Nothing is left behind: remembered until the key is claimed again, which it may be at once. */
export async function endAbandoned(db: Database, { shopper, key, holder }: Pick<Claim, 'shopper' | 'key' | 'holder'>): Promise<void> {
  await sql`
    update idempotency_key set abandoned_at = now(), lease_until = '-infinity'
    where shopper = ${shopper} and key = ${key} and holder = ${holder}::uuid and status is null`.execute(db);
}

/** Begins what must only be done by who holds the key, and holds it on for another 2 s. @throws ClaimLost */
export async function stillHeld(trx: Trx, claim: Claim): Promise<void> {
  const { rows } = await sql`
    update idempotency_key set lease_until = clock_timestamp() + interval ${LEASE}
    where shopper = ${claim.shopper} and key = ${claim.key} and holder = ${claim.holder}::uuid and status is null
    returning 1`.execute(trx);
  if (rows.length === 0) throw new ClaimLost();
}

/** Keeps the answer for ever, in the transaction of what it says. @throws ClaimLost */
export async function keepAnswer(trx: Trx, claim: Claim, answer: Answer): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('idempotency_key')
    .set({ status: answer.status, content_type: answer.contentType, body: answer.body, answered_at: sql`now()` })
    .where('shopper', '=', claim.shopper)
    .where('key', '=', claim.key)
    .where('holder', '=', claim.holder)
    .where('status', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new ClaimLost();
}

/** Lets a repeat begin at once; what was reserved waits for it as long as after a crash. The key stays bound to its payload, because an order may have been stored. False when somebody else has taken it over. */
export async function releaseClaim(db: Database, claim: Pick<Claim, 'shopper' | 'key' | 'holder'>): Promise<boolean> {
  const { rows } = await sql`
    update idempotency_key set lease_until = clock_timestamp(), holder = ${NOBODY}
    where shopper = ${claim.shopper} and key = ${claim.key} and holder = ${claim.holder}::uuid and status is null
    returning 1`.execute(db);
  return rows.length > 0;
}
