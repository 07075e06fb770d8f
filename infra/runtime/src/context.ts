import { AsyncLocalStorage } from 'node:async_hooks';
import type { Deadline } from './deadline.ts';

/** What the kit keeps about the request in hand; libraries below the handler add to it. */
export interface RequestContext {
  requestId: string;
  /** SQL statements sent so far on behalf of this request. */
  statements: number;
  /** None for work that nobody waits for. */
  deadline?: Deadline;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();
