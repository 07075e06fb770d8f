import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { ADDRESS } from '../e2e/api.ts';

interface Heard {
  status: number;
  text: string;
  cookies: string[];
}

/** How undici and the system say that a connection was closed. */
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const LOOK_MS = 30;

/**
 * Browse and buy until told to stop, and say what did not go as it should. A look whose kept connection was closed before a
 * byte of the answer came is made once more, as every browser does; nothing else is. What is sent has a connection of its own:
 * a client must not put what it will not repeat on one that may just be closing (RFC 9110, 9.2.2).
 */
export class SteadyShoppers {
  readonly failures: string[] = [];
  orders = 0;
  looks = 0;
  repeated = 0;
  readonly #shop: string;
  readonly #sku: string;
  readonly #shoppers: Promise<void>[];
  #stopped = false;

  constructor(shop: string, sku: string, count: number) {
    this.#shop = shop;
    this.#sku = sku;
    this.#shoppers = Array.from({ length: count }, (_, index) => this.#shopping(index));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#shoppers);
  }

  async #shopping(index: number): Promise<void> {
    for (let visit = 0; !this.#stopped; visit += 1) {
      // Each visitor comes from an address of its own.
      const localAddress = `127.${20 + index}.${Math.floor(visit / 250) % 250}.${1 + (visit % 250)}`;
      const kept = new Agent({ localAddress });
      const fresh = new Agent({ localAddress, pipelining: 0 });
      await this.#visit(kept, fresh).catch((error: unknown) => void this.failures.push(String(error)));
      await Promise.all([kept.close(), fresh.close()]);
    }
  }

  async #visit(kept: Agent, fresh: Agent): Promise<void> {
    let cookie = '';
    const look = async (path: string) => this.#expect(200, `GET ${path}`, await this.#look(kept, path, cookie));
    const send = async (status: number, path: string, body: object, headers: Record<string, string> = {}) => {
      const heard = await this.#call(fresh, 'POST', path, { cookie, 'content-type': 'application/json', ...headers }, JSON.stringify(body));
      if (heard.cookies.length > 0) cookie = heard.cookies.map((one) => one.split(';', 1)[0]).join('; ');
      return this.#expect(status, `POST ${path}`, heard);
    };
    await look(`/?from=${randomUUID()}`);
    await look('/search?q=jar');
    await look(`/api/catalog/products?limit=${1 + Math.floor(Math.random() * 100)}`);
    await send(200, '/api/cart/lines', { sku: this.#sku, quantity: 1 });
    await look('/cart');
    const delivery = { address: ADDRESS, shippingMethod: 'standard' };
    const { total } = JSON.parse((await send(200, '/api/orders/quote', delivery)).text) as { total: object };
    const order = { ...delivery, email: 'ada@example.com', paymentMethod: 'on_delivery', expectedTotal: total };
    const { id } = JSON.parse((await send(201, '/api/orders', order, { 'idempotency-key': randomUUID() })).text) as { id: string };
    await look(`/orders/${id}`);
    this.orders += 1;
  }

  async #look(agent: Agent, path: string, cookie: string): Promise<Heard> {
    this.looks += 1;
    const heard = await this.#call(agent, 'GET', path, { cookie, accept: 'text/html, application/json' });
    if (heard.status !== 0 || !CLOSED.has(heard.text)) return heard;
    this.repeated += 1;
    return this.#call(agent, 'GET', path, { cookie, accept: 'text/html, application/json' });
  }

  async #call(dispatcher: Agent, method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string): Promise<Heard> {
    await sleep(LOOK_MS);
    let status = 0;
    try {
      const answer = await dispatcher.request({ origin: this.#shop, path, method, headers, ...(body !== undefined && { body }), headersTimeout: 10_000, bodyTimeout: 10_000 });
      const text = await answer.body.text();
      status = answer.statusCode;
      return { status, text, cookies: [answer.headers['set-cookie'] ?? []].flat() };
    } catch (error) {
      return { status: 0, text: (error as NodeJS.ErrnoException).code ?? String(error), cookies: [] };
    }
  }

  #expect(status: number, what: string, heard: Heard): Heard {
    if (heard.status === status) return heard;
    throw new Error(`${new Date().toISOString()} ${what.replace(/\?.*/, '')}: ${heard.status} ${/<title>([^<]*)/.exec(heard.text)?.[1] ?? heard.text.slice(0, 200)}`);
  }
}
