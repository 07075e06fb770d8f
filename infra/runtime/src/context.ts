import { AsyncLocalStorage } from 'node:async_hooks';
import type { Deadline } from './deadline.ts';
import type { Waits } from './overload/outside.ts';
import type { Worth } from './overload/worth.ts';

/** What the kit keeps about the request in hand; libraries below the handler add to it. */
export interface RequestContext {
  requestId: string;
  /** SQL statements sent so far on behalf of this request. */
  statements: number;
  /** None for work that nobody waits for. */
  deadline?: Deadline;
  /** What it is worth, where that is looked at. */
  worth?: Worth;
  /** It changes nothing, so that it can be given up at any time. */
  reads?: boolean;
  /** How long somebody outside the shop was waited for, once anybody was. */
  waits?: Waits;
  /** Whoever asked has hung up. */
  gone?: boolean;
  /** Called once, when the answer is out or nobody waits for it any more (499). */
  ended?: (status: number) => void;
  /** Gives up what is under way elsewhere, when whoever asked has hung up. */
  giveUp?: () => void;
  /** What is under way for it and goes on although nobody may wait for the answer: its handler, a call that is passed on. */
  works?: number;
  /** Called once, when none of it is under way any more. */
  idle?: () => void;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** Begins something that goes on although whoever asked may hang up; to be told once when it is over. */
export function beginWork(context: RequestContext): () => void {
  context.works = (context.works ?? 0) + 1;
  return () => {
    context.works = (context.works ?? 1) - 1;
    if (context.works === 0) context.idle?.();
  };
}

/**
 * True when no more work is to begin for the request in hand: its time has passed, or nobody waits for what it reads. What
 * writes and has begun is finished, and so is whatever has to be taken back after it.
 */
export function isPointless({ deadline, reads = false, gone = false, statements }: RequestContext): boolean {
  if (reads && gone) return true;
  return (reads || statements === 0) && deadline?.remaining() === 0;
}

/** Work that others wait for as well, such as an answer for a cache: counted as the request's in hand, but it does not end with it. */
export function forEverybody<T>(work: () => T): T {
  const context = requestContext.getStore();
  if (!context) return work();
  const shared: RequestContext = {
    requestId: context.requestId,
    get statements() {
      return context.statements;
    },
    set statements(count) {
      context.statements = count;
    },
  };
  return requestContext.run(shared, work);
}
