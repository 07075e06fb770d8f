import { AsyncLocalStorage } from 'node:async_hooks';

/** What the kit keeps about the request in hand; libraries below the handler add to it. */
export interface RequestContext {
  requestId: string;
  /** SQL statements sent so far on behalf of this request. */
  statements: number;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();
