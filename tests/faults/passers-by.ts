import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';

/** Of somebody who asked for a list. Status 0: no answer. */
export interface Look {
  start: number;
  status: number;
  retryAfter: string | undefined;
  ms: number;
}

const ADDRESSES = 40;
const GIVE_UP_MS = 10_000;
let asked = 0;

/**
 * So many looks a second at lists that nobody has asked for yet, whoever is answered or not, from several addresses. A look
 * goes to one service alone, so that what becomes of it is that service's doing.
 */
export class PassersBy {
  readonly #agents = Array.from({ length: ADDRESSES }, (_, n) => new Agent({ localAddress: `127.90.0.${1 + n}` }));
  readonly #shop: string;
  readonly #looks: Promise<Look>[] = [];
  readonly #coming: Promise<void>;
  #over = false;

  constructor(shop: string, perSecond: number) {
    this.#shop = shop;
    this.#coming = this.#come(perSecond);
  }

  async stop(): Promise<Look[]> {
    this.#over = true;
    await this.#coming;
    const looks = await Promise.all(this.#looks);
    await Promise.all(this.#agents.map((agent) => agent.close()));
    return looks;
  }

  async #come(perSecond: number): Promise<void> {
    const begin = performance.now();
    for (let n = 0; !this.#over; n += 1) {
      await sleep(Math.max(0, begin + (n * 1000) / perSecond - performance.now()));
      this.#looks.push(this.#look(n));
    }
  }

  async #look(n: number): Promise<Look> {
    const start = Date.now();
    const ended = (status: number, retryAfter?: string): Look => ({ start, status, retryAfter, ms: Date.now() - start });
    try {
      const path = `/api/catalog/products?limit=1&max=${100_000 + (asked += 1)}`;
      const { statusCode, headers, body } = await (this.#agents[n % ADDRESSES] as Agent).request({ origin: this.#shop, path, method: 'GET', headersTimeout: GIVE_UP_MS, bodyTimeout: GIVE_UP_MS });
      await body.dump();
      return ended(statusCode, headers['retry-after']?.toString());
    } catch {
      return ended(0);
    }
  }
}
