import type { Call, Kind, Outcome, Phase } from '../history/call.ts';
import type { History } from '../history/history.ts';
import type { Random } from '../random.ts';
import type { Client, Heard } from './client.ts';
import { told } from './told.ts';

/** Where all shoppers of a run go, and what they leave behind for one another. */
export interface Street {
  edge: string;
  /** Where they come in, the likelier ones more than once. */
  doors: readonly string[];
  history: History;
  prefix: string;
  phase: Phase;
  client: Client;
  /** The latest keys and orders of everybody: others try them. */
  keys: { shopper: string; key: string }[];
  orders: { shopper: string; id: string }[];
}

export interface Request {
  kind: Kind;
  method: string;
  path: string;
  body?: unknown;
  key?: string | undefined;
  /** What the record says besides. */
  note?: Partial<Call>;
  /** Hangs up somewhere on the way. */
  abandon?: boolean;
}

export interface Answer {
  call: Call;
  json: unknown;
  retryAfterMs: number | undefined;
}

const CANARY = /canary[a-z]{12}/g;
/** Most answers come in this time: a hang-up is somewhere before or behind the work. */
const HANG_UP_WITHIN_MS = 40;

/** One client of the API with its own cookies, who writes down all that it sees. */
export class Shopper {
  readonly name: string;
  readonly canary: string;
  readonly street: Street;
  readonly random: Random;
  readonly #cookies = new Map<string, string>();
  readonly #address: string;
  #ordinal = 0;

  constructor(street: Street, random: Random, name: string) {
    this.street = street;
    this.random = random;
    this.name = name;
    this.#address = street.client.nextHome();
    this.canary = `canary${random.letters(12)}`;
  }

  /** In the closing time everybody waits for the answers. */
  get patient(): boolean {
    return this.street.phase === 'closing';
  }

  /** The shop knows who this is. */
  get known(): boolean {
    return this.#cookies.size > 0;
  }

  /** Names something of this shopper that is named once. */
  next(): number {
    return (this.#ordinal += 1);
  }

  /** Of an add or an order; no two shoppers make the same. */
  newKey(): string {
    return `${this.name}-${this.next()}`;
  }

  async send({ kind, method, path, body, key, note, abandon = false }: Request): Promise<Answer> {
    const { street, random } = this;
    // One life passes through all doors.
    const door = random.pick(street.doors);
    const start = Date.now();
    const heard = await street.client.send({
      method,
      origin: door,
      path,
      from: this.#address,
      headers: this.#headers(body, key),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(abandon && { abandon: random.chance(0.3) ? 'in-answer' : { afterMs: random.int(0, HANG_UP_WITHIN_MS) } }),
    });
    this.#keepCookies(heard);
    const json = parse(heard);
    const { code } = (json ?? {}) as { code?: unknown };
    const foreign = this.#foreign(heard.text);
    const wait = heard.headers['retry-after'];
    const retryAfter = typeof wait === 'string' ? Number(wait) : undefined;
    const call: Call = {
      shopper: this.name,
      canary: this.canary,
      kind,
      phase: street.phase,
      via: door === street.edge ? 'edge' : door,
      start,
      end: Date.now(),
      ...(abandon && { abandoned: true as const }),
      outcome: outcomeOf(heard.status, code),
      status: heard.status,
      ...(typeof code === 'string' && { code }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(key !== undefined && { key }),
      ...note,
      ...told(kind, heard.status, json, heard.text),
      ...(foreign.length > 0 && { foreign }),
    };
    street.history.add(call);
    return { call, json, retryAfterMs: retryAfter === undefined ? undefined : retryAfter * 1000 };
  }

  /** Writes down a call that went elsewhere, such as to the provider's page. */
  note(call: Pick<Call, 'kind' | 'via' | 'start' | 'outcome' | 'status'> & Partial<Call>): void {
    this.street.history.add({ shopper: this.name, canary: this.canary, phase: this.street.phase, end: Date.now(), ...call });
  }

  #headers(body: unknown, key: string | undefined): Record<string, string> {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
    return {
      host: new URL(this.street.edge).host,
      // A POST without a body has no content type to be told from a form by.
      origin: this.street.edge,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(cookie !== '' && { cookie }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
  }

  #keepCookies({ headers }: Heard): void {
    for (const cookie of [headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
      this.#cookies.set(name, value);
    }
  }

  #foreign(text: string): string[] {
    return text.includes('canary') ? [...new Set(text.match(CANARY))].filter((canary) => canary !== this.canary) : [];
  }
}

function outcomeOf(status: number, code: unknown): Outcome {
  if (status >= 200 && status < 300) return 'ok';
  return status >= 400 && status < 500 && status !== 429 && status !== 408 && code !== 'request-in-progress' ? 'fail' : 'info';
}

function parse({ headers, text }: Heard): unknown {
  if (text === '' || !String(headers['content-type']).includes('json')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
