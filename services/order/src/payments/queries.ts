import { sql } from 'kysely';
import type { Database, PaymentRow, Trx } from '../database.ts';
import type { PaymentEvent, Session } from './provider.ts';

/** Milliseconds since the epoch by the clock that all replicas share. */
export async function databaseClock(db: Database): Promise<number> {
  const { rows } = await sql<{ ms: number }>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`.execute(db);
  // With a time that is not known every signature is too old.
  return rows[0]?.ms ?? Number.POSITIVE_INFINITY;
}

export async function findPayment(db: Database | Trx, orderId: string): Promise<PaymentRow | undefined> {
  return await db.selectFrom('payment').selectAll().where('order_id', '=', orderId).executeTakeFirst();
}

/**
 * Notes where an order can be paid. False when the order no longer waits for it: then nobody may be sent there.
 * Under the order's lock: whoever ends it meanwhile either sees this session or is seen here.
 */
export async function recordSession(trx: Trx, orderId: string, session: Session): Promise<boolean> {
  const { rows } = await sql`
    with waiting as (
      select id from "order" where id = ${orderId}::uuid and state = 'awaiting_payment' for update
    )
    update payment set state = 'open', session_id = ${session.id}, url = ${session.url ?? null}, updated_at = now()
    from waiting where order_id = waiting.id and payment.state in ('opening', 'open')
    returning 1`.execute(trx);
  return rows.length > 0;
}

/** True for one caller every 2 s, over all replicas: whoever looks at an unpaid order may ask the provider, but not all at once. */
export async function mayAsk(db: Database, orderId: string): Promise<boolean> {
  const { rows } = await sql`
    update payment set asked_at = now()
    where order_id = ${orderId}::uuid and state = 'open' and (asked_at is null or asked_at < now() - interval '2 seconds')
    returning 1`.execute(db);
  return rows.length > 0;
}

export type StoredEvent = 'new' | 'known' | 'unknown-order';

/** Keeps an event before it is acknowledged; what has been delivered before stays as it is. */
export async function storeEvent(trx: Trx, event: PaymentEvent, orderId: string, payload: Buffer): Promise<StoredEvent> {
  const { rows } = await sql<{ known: boolean; stored: boolean }>`
    with stored as (
      insert into payment_event (id, type, order_id, payload)
      select ${event.id}, ${event.type}, id, ${payload} from "order" where id = ${orderId}::uuid
      on conflict (id) do nothing
      returning 1
    )
    select exists (select 1 from "order" where id = ${orderId}::uuid) as known, exists (select 1 from stored) as stored`.execute(trx);
  if (rows[0]?.stored) return 'new';
  return rows[0]?.known ? 'known' : 'unknown-order';
}

export async function findUnprocessedEvent(db: Database, eventId: string) {
  return await db
    .selectFrom('payment_event')
    .select(['id', 'order_id', 'payload'])
    .where('id', '=', eventId)
    .where('processed_at', 'is', null)
    .executeTakeFirst();
}

export async function markProcessed(trx: Trx, eventId: string, outcome: string): Promise<void> {
  await trx.updateTable('payment_event').set({ processed_at: sql`now()`, outcome }).where('id', '=', eventId).execute();
}
