import { Agent, type Dispatcher } from 'undici';

export interface Sent {
  method: string;
  origin: string;
  path: string;
  headers: Record<string, string>;
  body?: string | undefined;
  /** The address at which the client lives; any when it does not matter. */
  from?: string;
  /** The client hangs up so long after its request has left, or as soon as the answer begins. */
  abandon?: { afterMs: number } | 'in-answer' | undefined;
}

type Headers = Record<string, string | string[] | undefined>;

/** `status` 0: no answer, or not all of it. Headers may have come before it broke. */
export interface Heard {
  status: number;
  headers: Headers;
  text: string;
}

const TIMEOUT_MS = 10_000;

/** Shoppers come and go by the dozen a second, and no house sends out so many: they live in a street of these. */
const HOMES = 200;

/** The connections of all shoppers, a pool for each address. Nothing is repeated by itself, and a call can be cut off anywhere. */
export class Client {
  readonly #agents = new Map<string | undefined, Agent>();
  #moved = 0;

  /** An address for somebody to live at; given out in turn. */
  nextHome(): string {
    return `127.3.0.${1 + (this.#moved++ % HOMES)}`;
  }

  send({ method, origin, path, headers, body, from, abandon }: Sent): Promise<Heard> {
    return new Promise((resolve) => {
      let [status, known]: [number, Headers] = [0, {}];
      let text = '';
      const decoder = new TextDecoder();
      this.#agentAt(from).dispatch(
        { origin, path, method: method as Dispatcher.HttpMethod, headers, body: body ?? null },
        {
          // It is written before this turn of the loop ends: whatever comes later finds it sent.
          onRequestStart: (controller) => {
            if (typeof abandon === 'object') setTimeout(() => controller.abort(HUNG_UP), abandon.afterMs);
          },
          onResponseStart: (controller, statusCode, heard) => {
            [status, known] = [statusCode, heard];
            if (abandon === 'in-answer') controller.abort(HUNG_UP);
          },
          onResponseData: (_controller, chunk) => {
            text += decoder.decode(chunk, { stream: true });
          },
          onResponseEnd: () => resolve({ status, headers: known, text }),
          onResponseError: () => resolve({ status: 0, headers: known, text: '' }),
        },
      );
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  #agentAt(address: string | undefined): Agent {
    const known = this.#agents.get(address);
    if (known) return known;
    const agent = new Agent({ ...(address !== undefined && { localAddress: address }), connect: { timeout: 2000 }, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    this.#agents.set(address, agent);
    return agent;
  }
}

const HUNG_UP = new Error('the client hung up');
