import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log } from '@emall/runtime';
import type { Behaviour, Delivery } from './behaviour.ts';
import { Courier } from './courier.ts';
import type { Ledger } from './ledger.ts';
import { newId, nowSeconds } from './ledger.ts';
import { disagreementWith, forgeryOf, type Occurrence, pretendedPayment, type Told } from './lies.ts';
import type { EventRecord } from './records.ts';

export { sign } from './courier.ts';

export const API_VERSION = '2026-10-28.endive';

export interface WebhookOptions {
  ledger: Ledger;
  url: string;
  secret: string;
  behaviour: Behaviour;
  log: Log;
}

/** Tells the shop what happened, at least once, until it is acknowledged. What a restart interrupts is told again. */
export class Webhooks {
  readonly #ledger: Ledger;
  readonly #behaviour: Behaviour;
  readonly #courier: Courier;
  readonly #headStarts = new AsyncLocalStorage<Promise<void>[]>();

  constructor({ ledger, behaviour, ...rest }: WebhookOptions) {
    this.#ledger = ledger;
    this.#behaviour = behaviour;
    this.#courier = new Courier({ ledger, ...rest });
  }

  emit(type: string, object: Told, session: string): void {
    const event = this.#record({ type, object }, session);
    const deliveries = this.#behaviour.onEvent(event);
    for (const delivery of deliveries) {
      const told = this.#lie({ type, object }, session, delivery) ?? event;
      const attempted = this.#courier.tell(told, delivery);
      if (delivery.early) this.#headStarts.getStore()?.push(attempted);
    }
    if (deliveries.every(({ forged, disagrees }) => forged || disagrees)) this.#ledger.endDelivery(event.id);
  }

  /** Nobody is told of a session that was opened; but who does not know the secret may pretend that it was paid. */
  opened(session: Told): void {
    const forgery = this.#behaviour.onOpened();
    if (forgery) void this.#courier.tell(this.#record(pretendedPayment(session), session.id, 'forged'), { afterMs: forgery.forgeryAfterMs, forged: true });
  }

  /** Runs the work of a call, and collects what its answer must wait for. */
  during(headStarts: Promise<void>[], work: () => void): void {
    this.#headStarts.run(headStarts, work);
  }

  /** Sends at once what is held back or waits to be repeated, and drops what is not true. */
  letGo(): void {
    this.#courier.letGo();
  }

  stop(): void {
    this.#courier.stop();
  }

  #lie({ type, object }: Occurrence, session: string, { forged, disagrees }: Delivery): EventRecord | undefined {
    if (forged) return this.#record(forgeryOf(type, object), session, 'forged');
    return disagrees && this.#record(disagreementWith(type, object, disagrees), session, 'disagrees');
  }

  #record({ type, object }: Occurrence, session: string, lie?: EventRecord['lie']): EventRecord {
    const id = newId('evt');
    const created = nowSeconds();
    const payload = JSON.stringify({
      id,
      object: 'event',
      api_version: API_VERSION,
      created,
      data: { object },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    });
    return this.#ledger.put('event', { id, created, type, about: object.id, session, payload, ...(lie && { lie }) });
  }
}
