import type { IncomingHttpHeaders } from 'node:http';
import { addWaits, beginWork, type Deadline, DEADLINE_HEADER, isNoAnswer, isWorthMost, type Outcome, requestContext, type Room, timeLimit, WAITED_HEADER } from '@emall/runtime';
import type { Dispatcher } from 'undici';
import type { Circuit } from './circuit.ts';
import type { Row } from './table.ts';

export interface Call {
  path: string;
  method: string;
  /** All but how much time remains, which is known when it is sent. */
  headers: Record<string, string>;
  body: Buffer | null;
  deadline: Deadline;
}

export interface Answer {
  statusCode: number;
  headers: IncomingHttpHeaders;
  /** Whole: pages and documents are small, and one that breaks off halfway can still become a 503. */
  body: Buffer;
}

type Done = (error: Error | null, answer?: Answer) => void;
export type Exchanging = (call: Call, done: Done) => void;

/** Nothing that the shop sends comes near. */
const MAX_ANSWER = 8 * 1024 * 1024;

interface Way {
  dispatcher: Dispatcher;
  /** On the dispatcher's connections. */
  room: Room;
  /** None where circuits are left out. */
  circuit: Circuit | undefined;
}

/**
 * One call to an upstream. Written against undici's dispatch interface: its streams, and Fastify's handling of them, would
 * cost more than the rest of the exchange.
 */
export function createExchange({ dispatcher, room, circuit }: Way, { prefix, timeoutMs }: Row): Exchanging {
  const isApi = prefix.startsWith('/api');
  return ({ path, method, headers, body, deadline }, done) => {
    const context = requestContext.getStore();
    const isWorthy = isWorthMost(context?.worth);
    let end: ((outcome: Outcome) => void) | undefined;
    try {
      end = circuit?.begin((error) => exchange.cut(error), isWorthy);
    } catch (refused) {
      return done(refused as Error);
    }
    const over = context && beginWork(context);
    const exchange = new Exchange(deadline, timeLimit(timeoutMs), (error, answer) => {
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
    exchange.enter(room, isWorthy, (remainingMs) => {
      headers[DEADLINE_HEADER] = String(remainingMs);
      dispatcher.dispatch({ path, method: method as Dispatcher.HttpMethod, headers, body }, exchange);
    });
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
  readonly #deadline: Deadline;
  readonly #timeoutMs: number;
  #leave: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #statusCode = 0;
  #headers: IncomingHttpHeaders = {};
  #size = 0;
  #done: Done | undefined;

  /** @param timeoutMs for all of it, from when the shopper's call came; what was waited since then is not there any more */
  constructor(deadline: Deadline, timeoutMs: number, done: Done) {
    this.#deadline = deadline;
    this.#timeoutMs = timeoutMs;
    this.#done = done;
    // undici's own time limits begin when a connection is free; a wait for one is part of what the shopper waits for.
    this.#timer = setTimeout(() => this.#fail(new Error(`no answer within ${timeoutMs} ms`)), deadline.remaining(timeoutMs));
  }

  /** Sends it when there is room, unless that comes too late. */
  enter(room: Room, isWorthy: boolean, send: (remainingMs: number) => void): void {
    this.#leave = room.enter(isWorthy, () => {
      const remainingMs = this.#deadline.remaining(this.#timeoutMs);
      // Half of the time is the least that is worth an upstream's work.
      if (remainingMs >= this.#timeoutMs / 2) send(remainingMs);
      else this.#fail(new Error('no connection was free in time'));
    });
    if (!this.#done) this.#leave();
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
    if (!this.#done) controller.abort(new Error('it was given up before a connection was there'));
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
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#finish(null, { statusCode: this.#statusCode, headers: this.#headers, body });
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
    this.#leave?.();
    const done = this.#done;
    this.#done = undefined;
    done?.(error, answer);
  }
}
