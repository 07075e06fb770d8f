import { Agent, type Dispatcher } from 'undici';

export interface Sent {
  method: string;
  origin: string;
  path: string;
  headers: Record<string, string>;
  body?: string | undefined;
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

/** One pool of connections for all shoppers. Nothing is repeated by itself, and a call can be cut off anywhere. */
export class Client {
  readonly #agent = new Agent({ connect: { timeout: 2000 }, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });

  send({ method, origin, path, headers, body, abandon }: Sent): Promise<Heard> {
    return new Promise((resolve) => {
      let [status, known]: [number, Headers] = [0, {}];
      let text = '';
      const decoder = new TextDecoder();
      this.#agent.dispatch(
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
    await this.#agent.destroy();
  }
}

const HUNG_UP = new Error('the client hung up');
