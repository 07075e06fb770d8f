import { createHmac } from 'node:crypto';
import type { Log } from '@emall/runtime';
import type { Delivery } from './behaviour.ts';
import { type Ledger, nowSeconds } from './ledger.ts';
import type { EventRecord } from './records.ts';

const ANSWER_MS = 5000;
const LONGEST_PAUSE_MS = 10_000;
/** What the shop refuses so often, or after a day, is not told again. */
const MOST_REFUSALS = 8;
const LONGEST_S = 24 * 60 * 60;
/** Not refusals: the same event may be taken later. */
const LATER = new Set([408, 429]);

/** `Stripe-Signature` over the bytes that are sent. */
export function sign(payload: string, secret: string, timestamp = nowSeconds()): string {
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')}`;
}

/** One telling of an event, from its first attempt until it is acknowledged or given up. */
interface Telling {
  event: EventRecord;
  delivery: Delivery;
  attempts: number;
  refusals: number;
  /** Called after the first attempt. */
  attempted: () => void;
}

export interface CourierOptions {
  ledger: Ledger;
  url: string;
  secret: string;
  log: Log;
}

/** Brings events to the shop, and repeats what is not acknowledged with growing pauses. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #waiting = new Map<Telling, NodeJS.Timeout>();
  /** Of each event, the tellings that have not ended. */
  readonly #unended = new Map<string, number>();
  #stopped = false;

  constructor(options: CourierOptions) {
    this.#options = options;
    for (const event of options.ledger.all('event')) {
      if (event.payload === undefined) continue;
      if (event.lie) options.ledger.endDelivery(event.id);
      else void this.tell(event, { afterMs: 0 });
    }
  }

  /** Resolves after the first attempt. */
  async tell(event: EventRecord, delivery: Delivery): Promise<void> {
    this.#unended.set(event.id, (this.#unended.get(event.id) ?? 0) + 1);
    await new Promise<void>((attempted) => this.#wait({ event, delivery, attempts: 0, refusals: 0, attempted }, delivery.afterMs));
  }

  letGo(): void {
    for (const telling of this.#waiting.keys()) {
      if (telling.event.lie) {
        this.#unwait(telling);
        this.#end(telling);
      } else this.#hurry(telling);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const telling of this.#waiting.keys()) {
      this.#unwait(telling);
      telling.attempted();
    }
  }

  #wait(telling: Telling, ms: number): void {
    if (this.#stopped) telling.attempted();
    else this.#waiting.set(telling, setTimeout(() => this.#hurry(telling), ms));
  }

  #unwait(telling: Telling): void {
    clearTimeout(this.#waiting.get(telling));
    this.#waiting.delete(telling);
  }

  #hurry(telling: Telling): void {
    this.#unwait(telling);
    void this.#send(telling);
  }

  async #send(telling: Telling): Promise<void> {
    const { ledger, log } = this.#options;
    const { event, delivery } = telling;
    const answer = await this.#post(event, delivery);
    telling.attempts += 1;
    telling.attempted();
    if (this.#stopped) return;
    const acknowledged = typeof answer === 'number' && answer >= 200 && answer < 300;
    ledger.delivered(event.id, acknowledged);
    for (const other of this.#waiting.keys()) {
      if (other.delivery.reversed && other.attempts === 0 && other.event.session === event.session && other.event !== event) this.#hurry(other);
    }
    if (acknowledged || event.lie) return this.#end(telling);
    const refused = typeof answer === 'number' && answer >= 400 && answer < 500 && !LATER.has(answer);
    if (refused) telling.refusals += 1;
    const about = { event: event.id, type: event.type, answer, attempts: telling.attempts };
    if (telling.refusals >= MOST_REFUSALS || (refused && nowSeconds() - event.created > LONGEST_S)) {
      log.error(about, 'the shop refuses an event: it is not told again');
      return this.#end(telling);
    }
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** telling.attempts);
    log.warn({ ...about, pause }, 'the shop did not acknowledge an event: telling it again');
    this.#wait(telling, pause);
  }

  #end({ event: { id }, attempted }: Telling): void {
    attempted();
    const others = (this.#unended.get(id) ?? 1) - 1;
    if (others > 0) this.#unended.set(id, others);
    else {
      this.#unended.delete(id);
      this.#options.ledger.endDelivery(id);
    }
  }

  /** The status of the answer, or why there is none. */
  async #post({ payload = '' }: EventRecord, { forged = false }: Delivery): Promise<number | string> {
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
      return response.status;
    } catch (error) {
      return error instanceof Error ? error.message : 'no answer';
    }
  }
}
