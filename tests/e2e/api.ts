import { randomUUID } from 'node:crypto';
import { fetch } from 'undici';
import { nextHome } from './homes.ts';

export interface Answer<T = Record<string, never>> {
  status: number;
  body: T;
  headers: Headers;
}

/** A shopper without a browser: keeps cookies, tells nobody where it comes from. */
export class ApiShopper {
  readonly #shop: string;
  readonly #home = nextHome();
  readonly #cookies = new Map<string, string>();

  constructor(shop: string) {
    this.#shop = shop;
  }

  /** One call. A connection that breaks before an answer is status 0: what happened is not known. */
  async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    try {
      const response = await fetch(`${this.#shop}${path}`, {
        method,
        headers: { ...headers, cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; '), ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        dispatcher: this.#home,
        signal: AbortSignal.timeout(10_000),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
        this.#cookies.set(name, value);
      }
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, body: (isJson && text !== '' ? JSON.parse(text) : text) as T, headers: new Headers([...response.headers]) };
    } catch {
      return { status: 0, body: {} as T, headers: new Headers() };
    }
  }

  /** Repeats, as `Retry-After` asks, what is safe to repeat, until the answer is known or 30 s have passed. */
  async persist<T>(method: string, path: string, body: unknown, key?: string): Promise<Answer<T>> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const end = performance.now() + 30_000;
    for (;;) {
      const answer = await this.call<T>(method, path, body, headers);
      const wait = answer.headers.get('retry-after');
      const known = answer.status !== 0 && answer.status < 500 && wait === null;
      if (known || performance.now() > end) return answer;
      await new Promise((resolve) => setTimeout(resolve, Number(wait ?? 1) * 1000));
    }
  }

  /** Puts `quantity` of `sku` into the cart, asks for the total and orders on delivery. */
  async buy(sku: string, quantity: number): Promise<Answer<{ id: string; state: string; code?: string }>> {
    const added = await this.persist('POST', '/api/cart/lines', { sku, quantity }, randomUUID());
    if (added.status >= 400) return added as never;
    return this.order();
  }

  async order(): Promise<Answer<{ id: string; state: string; code?: string }>> {
    const delivery = { address: ADDRESS, shippingMethod: 'standard' };
    const quote = await this.persist<{ total: object }>('POST', '/api/orders/quote', delivery);
    if (quote.status !== 200) return quote as never;
    const order = { ...delivery, email: 'ada@example.com', paymentMethod: 'on_delivery', expectedTotal: quote.body.total };
    return this.persist('POST', '/api/orders', order, randomUUID());
  }
}

export const ADDRESS = { name: 'Ada Lovelace', line1: "12 St James's Square", city: 'London', postcode: 'SW1Y 4JH', country: 'GB' };
