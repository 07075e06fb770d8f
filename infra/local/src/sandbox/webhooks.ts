import { createHmac } from 'node:crypto';
import type { Log } from '@emall/runtime';
import type { Behaviour, Delivery } from './behaviour.ts';
import type { Ledger } from './ledger.ts';
import { newId, nowSeconds } from './ledger.ts';
import type { EventRecord } from './records.ts';

export const API_VERSION = '2026-10-28.endive';
const ANSWER_MS = 5000;
const LONGEST_PAUSE_MS = 10_000;

export interface WebhookOptions {
  ledger: Ledger;
  url: string;
  secret: string;
  behaviour: Behaviour;
  log: Log;
}

/** `Stripe-Signature` over the bytes that are sent. */
export function sign(payload: string, secret: string, timestamp = nowSeconds()): string {
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')}`;
}

/** Tells the shop what happened, at least once, until it is acknowledged. What a restart interrupts is told again. */
export class Webhooks {
  readonly #options: WebhookOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(options: WebhookOptions) {
    this.#options = options;
    for (const event of options.ledger.all('event')) if (!options.ledger.delivery(event.id).acknowledged) this.#schedule(event.id, { afterMs: 0 });
  }

  emit(type: string, object: { id: string }): void {
    const { ledger, behaviour } = this.#options;
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
    ledger.put('event', { id, created, type, about: object.id, payload });
    for (const delivery of behaviour.onEvent({ id, type })) this.#schedule(id, delivery);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #schedule(id: string, delivery: Delivery): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#send(id, delivery);
    }, delivery.afterMs);
    this.#timers.add(timer);
  }

  async #send(id: string, delivery: Delivery): Promise<void> {
    const { ledger, log } = this.#options;
    const event = ledger.get('event', id);
    if (!event) return;
    const outcome = await this.#post(event, delivery);
    if (this.#stopped) return;
    const before = ledger.delivery(id);
    const attempts = before.attempts + 1;
    ledger.put('delivery', { id, attempts, acknowledged: before.acknowledged || outcome === 'acknowledged' });
    if (outcome === 'acknowledged' || delivery.forged) return;
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** attempts);
    log.warn({ event: id, type: event.type, outcome, attempts, pause }, 'the shop did not acknowledge an event: telling it again');
    this.#schedule(id, { ...delivery, afterMs: pause });
  }

  async #post({ payload }: EventRecord, { forged = false }: Delivery): Promise<string> {
    const { url, secret } = this.#options;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': sign(payload, forged ? `${secret}forged` : secret),
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await response.body?.cancel();
      return response.ok ? 'acknowledged' : `answered ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : 'no answer';
    }
  }
}
