import type { IncomingHttpHeaders } from 'node:http';
import { addWaits, beginWork, isNoAnswer, type Outcome, requestContext, timeLimit, WAITED_HEADER } from '@emall/runtime';
import type { Dispatcher } from 'undici';
import type { Circuit } from './circuit.ts';
import type { Row } from './table.ts';

/** What reply-from asks of a dispatcher. */
interface Call {
  path: string;
  method: string;
  headers: Record<string, string | undefined>;
  body?: Dispatcher.DispatchOptions['body'];
}

export interface Answer {
  statusCode: number;
  headers: IncomingHttpHeaders;
  body: WholeBody;
}

type Done = (error: Error | null, answer?: Answer) => void;

/** Nothing that the shop sends comes near. */
const MAX_ANSWER = 8 * 1024 * 1024;

/** An answer held whole: pages and documents are small, and one that breaks off halfway can still become a 503. */
export class WholeBody {
  readonly bytes: Buffer;

  constructor(chunks: Buffer[]) {
    this.bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  }

  /** reply-from destroys the body when its client has gone. */
  destroy(): void {}
}

/**
 * One call to an upstream and never a second. Written against undici's dispatch interface: its streams, and Fastify's
 * handling of them, would cost more than the rest of the exchange.
 * @param circuit none where circuits are left out
 */
export function createExchange(pool: Dispatcher, { prefix, timeoutMs }: Row, circuit?: Circuit) {
  const isApi = prefix.startsWith('/api');
  return {
    request({ path, method, headers, body }: Call, done: Done): void {
      let end: ((outcome: Outcome) => void) | undefined;
      try {
        end = circuit?.begin((error) => exchange.cut(error));
      } catch (refused) {
        return done(refused as Error);
      }
      const context = requestContext.getStore();
      const over = context && beginWork(context);
      const exchange = new Exchange(timeLimit(timeoutMs), (error, answer) => {
        over?.();
        if (context && answer) addWaits(context, answer.headers[WAITED_HEADER]);
        end?.(answer && !isNoAnswer(answer.statusCode, answer.headers) ? 'answered' : 'silent');
        if (answer && isKeptBack(answer, isApi)) done(new Error(`nobody was there: ${answer.statusCode}`));
        else done(error, answer);
      });
      if (context?.reads) {
        context.giveUp = () => {
          if (!exchange.giveUp()) return;
          end?.('unknown');
          over?.();
        };
      }
      pool.dispatch({ path, method: method as Dispatcher.HttpMethod, headers, body: body || null }, exchange);
    },
  };
}

/** 502 and 504 are nginx's words for a service that is not there, and so is a 503 of an API that is no problem document. */
function isKeptBack({ statusCode, headers }: Answer, isApi: boolean): boolean {
  if (statusCode === 502 || statusCode === 504) return true;
  return statusCode === 503 && isApi && !String(headers['content-type']).startsWith('application/problem+json');
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #latestStart: number;
  #controller: Dispatcher.DispatchController | undefined;
  #statusCode = 0;
  #headers: IncomingHttpHeaders = {};
  #size = 0;
  #done: Done | undefined;

  constructor(timeoutMs: number, done: Done) {
    this.#done = done;
    // Half of the time is the least that is worth an upstream's work.
    this.#latestStart = performance.now() + timeoutMs / 2;
    // undici's own time limits begin when a connection is free; a wait for one is part of what the shopper waits for.
    this.#timer = setTimeout(() => this.#fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  }

  /** Nobody is there any more. */
  cut(error: Error): void {
    this.#fail(error);
  }

  /** Whoever asked has hung up: nobody is told, and the upstream need not go on. False when it is too late for that. */
  giveUp(): boolean {
    if (!this.#done) return false;
    this.#done = undefined;
    this.#fail(new Error('whoever asked has hung up'));
    return true;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (!this.#done || performance.now() > this.#latestStart) this.#fail(new Error('no connection was free in time'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    this.#statusCode = statusCode;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MAX_ANSWER) this.#fail(new Error(`the answer is longer than ${MAX_ANSWER} bytes`));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#finish(null, { statusCode: this.#statusCode, headers: this.#headers, body: new WholeBody(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish(error);
  }

  #fail(error: Error): void {
    this.#finish(error);
    this.#controller?.abort(error);
  }

  #finish(error: Error | null, answer?: Answer): void {
    clearTimeout(this.#timer);
    const done = this.#done;
    this.#done = undefined;
    done?.(error, answer);
  }
}
