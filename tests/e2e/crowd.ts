import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { Random } from '../faults/random.ts';

export interface CrowdAnswer {
  /** 0 when the connection broke before an answer. */
  status: number;
  ms: number;
  retryAfter: number | undefined;
  body: { code?: string; id?: string; [member: string]: unknown };
}

/** As long as a thousand may take on a busy machine: the shop refuses long before. */
const PATIENCE_MS = 30_000;
const MOST_TRIES = 60;

/**
 * A thousand shoppers that cost the machine little: their cookies, and connections that are there before they are needed.
 * Each has an address: of a thousand behind one the shop would ask most to come again, however much it has to sell.
 */
export class Crowd {
  readonly #url: URL;
  /** It keeps the connections of each address apart. */
  readonly #agent = new Agent({ keepAlive: true });
  #members = 0;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  member(): CrowdMember {
    const number = (this.#members += 1);
    return new CrowdMember(this.#url, { agent: this.#agent, localAddress: `127.4.${number >> 8}.${number & 255}` }, new Random(`member ${number}`));
  }

  close(): void {
    this.#agent.destroy();
  }
}

export class CrowdMember {
  readonly #url: URL;
  readonly #home: { agent: Agent; localAddress: string };
  readonly #random: Random;
  readonly #cookies = new Map<string, string>();

  constructor(url: URL, home: { agent: Agent; localAddress: string }, random: Random) {
    this.#url = url;
    this.#home = home;
    this.#random = random;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<CrowdAnswer> {
    const start = performance.now();
    const answer = await this.#send(method, path, body, headers).catch(() => ({ status: 0, retryAfter: 1, body: {} }));
    return { ...answer, ms: performance.now() - start };
  }

  /** Repeats with the same key what is not known yet, when it is told to; every answer on the way is kept. */
  async persist(method: string, path: string, body: unknown): Promise<CrowdAnswer[]> {
    const key = { 'idempotency-key': randomUUID() };
    const answers: CrowdAnswer[] = [];
    for (;;) {
      const answer = await this.call(method, path, body, key);
      answers.push(answer);
      if (answer.retryAfter === undefined || answers.length === MOST_TRIES) return answers;
      // Not all of them in the same moment again.
      await sleep(answer.retryAfter * 1000 * (0.5 + this.#random.next()));
    }
  }

  async #send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Omit<CrowdAnswer, 'ms'>> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = body === undefined ? '' : JSON.stringify(body);
    const type = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent)) };
    const options = { method, ...this.#home, timeout: PATIENCE_MS, headers: { ...headers, ...(body !== undefined && type), ...(this.#cookies.size > 0 && { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') }) } };
    const call = request(new URL(path, this.#url), options, resolve);
    call.on('error', reject).on('timeout', () => call.destroy(new Error('nobody answered'))).end(sent);
    const response = await promise;
    for (const cookie of response.headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
      this.#cookies.set(name, value);
    }
    const received = await text(response);
    const retryAfter = response.headers['retry-after'];
    return {
      status: response.statusCode ?? 0,
      retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
      body: received.startsWith('{') ? (JSON.parse(received) as CrowdAnswer['body']) : {},
    };
  }
}
