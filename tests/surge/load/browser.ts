import { Client, type Dispatcher } from 'undici';

export interface Ask {
  method: 'GET' | 'POST';
  path: string;
  /** Of a form. */
  form?: Record<string, string>;
  /** By the page's script, which puts the answer into the page. */
  script?: boolean;
  /** Somebody reads the text; otherwise only its bytes are counted. */
  read?: boolean;
}

/** What came of it, and when. `status` 0: no answer, or not all of it. */
export interface Answer {
  status: number;
  /** Milliseconds from the moment at which it was meant to be sent until all of it was there. */
  ms: number;
  /** Seconds. */
  retryAfter: number | undefined;
  /** What the edge says of its cache: HIT, STALE… */
  cache: string;
  location: string;
  text: string;
}

/** After this long a person has closed the page. */
const PATIENCE_MS = 10_000;

/** Counts the connections of all browsers. */
export interface Wire {
  open: number;
  inFlight: number;
}

/** One person's browser: an address, one kept connection for each thing that is asked for at once, cookies. */
export class Browser {
  readonly #origin: string;
  readonly #wire: Wire;
  readonly #localAddress: string;
  readonly #idle: Client[] = [];
  readonly #all: Client[] = [];
  readonly #cookies = new Map<string, string>();

  constructor(origin: string, localAddress: string, wire: Wire) {
    this.#origin = origin;
    this.#localAddress = localAddress;
    this.#wire = wire;
  }

  /** @param since `performance.now()` at the moment it was meant to be sent */
  ask({ method, path, form, script = false, read = false }: Ask, since: number): Promise<Answer> {
    const client = this.#idle.pop() ?? this.#connect();
    const wire = this.#wire;
    wire.inFlight += 1;
    const answer: Answer = { status: 0, ms: 0, retryAfter: undefined, cache: '', location: '', text: '' };
    const chunks: Buffer[] = [];
    return new Promise((resolve) => {
      let settled = false;
      const end = (status: number) => {
        if (settled) return;
        settled = true;
        clearTimeout(patience);
        wire.inFlight -= 1;
        this.#idle.push(client);
        resolve(Object.assign(answer, { status, ms: performance.now() - since, text: read ? Buffer.concat(chunks).toString() : '' }));
      };
      let controller: Dispatcher.DispatchController | undefined;
      // Also while it waits for a connection, when there is nothing to abort yet.
      const patience = setTimeout(() => {
        controller?.abort(IMPATIENT);
        end(0);
      }, PATIENCE_MS);
      let status = 0;
      client.dispatch(
        { path, method, headers: this.#headers(form !== undefined, script, read), body: form === undefined ? null : new URLSearchParams(form).toString() },
        {
          onRequestStart: (started) => {
            controller = started;
            if (settled) started.abort(IMPATIENT);
          },
          onResponseStart: (_controller, statusCode, headers) => {
            status = statusCode;
            const wait = headers['retry-after'];
            if (typeof wait === 'string') answer.retryAfter = Number(wait);
            answer.cache = String(headers['x-cache'] ?? '');
            answer.location = String(headers['location'] ?? headers['hx-redirect'] ?? '');
            this.#keepCookies(headers['set-cookie']);
          },
          onResponseData: (_controller, chunk) => {
            if (read) chunks.push(chunk);
          },
          onResponseEnd: () => end(status),
          onResponseError: () => end(0),
        },
      );
    });
  }

  /** The shop has made a guest of this person. */
  get known(): boolean {
    return this.#cookies.size > 0;
  }

  close(): void {
    for (const client of this.#all) client.destroy().catch(() => {});
  }

  #connect(): Client {
    const client = new Client(this.#origin, { localAddress: this.#localAddress, allowH2: false, connect: { timeout: PATIENCE_MS }, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS, keepAliveTimeout: 25_000 });
    client.on('connect', () => (this.#wire.open += 1));
    client.on('disconnect', () => (this.#wire.open -= 1));
    this.#all.push(client);
    return client;
  }

  #headers(form: boolean, script: boolean, read: boolean): Record<string, string> {
    return {
      accept: script ? '*/*' : 'text/html,application/xhtml+xml',
      // What is read is asked for as it is: a browser's own work is no part of what is measured.
      'accept-encoding': read ? 'identity' : 'gzip, deflate, br',
      'user-agent': 'Mozilla/5.0 (surge)',
      'sec-fetch-site': 'same-origin',
      ...(form && { 'content-type': 'application/x-www-form-urlencoded', origin: this.#origin }),
      ...(script && { 'hx-request': 'true' }),
      ...(this.#cookies.size > 0 && { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') }),
    };
  }

  #keepCookies(header: string | string[] | undefined): void {
    for (const cookie of [header ?? []].flat()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
      this.#cookies.set(name, value);
    }
  }
}

const IMPATIENT = new Error('nobody waits any longer');
