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

/** The shop takes 512 calls at once from one address: a crowd comes from several, as crowds do. */
const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
/** As long as a thousand may take on a busy machine: the shop refuses long before. */
const PATIENCE_MS = 30_000;
const MOST_TRIES = 60;

/** A thousand shoppers that cost the machine little: their cookies, and connections that are there before they are needed. */
export class Crowd {
  readonly #url: URL;
  readonly #agents = ADDRESSES.map((localAddress) => new Agent({ keepAlive: true, localAddress, maxSockets: 400 }));
  #members = 0;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  member(): CrowdMember {
    const agent = this.#agents[(this.#members += 1) % this.#agents.length] as Agent;
    return new CrowdMember(this.#url, agent, new Random(`member ${this.#members}`));
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

export class CrowdMember {
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #random: Random;
  readonly #cookies = new Map<string, string>();

  constructor(url: URL, agent: Agent, random: Random) {
    this.#url = url;
    this.#agent = agent;
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
    const options = { method, agent: this.#agent, timeout: PATIENCE_MS, headers: { ...headers, ...(body !== undefined && type), ...(this.#cookies.size > 0 && { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') }) } };
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
