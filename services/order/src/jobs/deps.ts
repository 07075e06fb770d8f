import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log } from '@emall/runtime';
import type { Cart, Catalog } from '../clients.ts';
import type { Database } from '../database.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { Links } from '../orders/identifiers.ts';
import type { PaymentProvider, Within } from '../payments/provider.ts';
import type { Sales } from './sales.ts';

export interface JobDeps {
  db: Database;
  sales: Sales;
  catalog: Catalog;
  cart: Cart;
  provider: PaymentProvider;
  mailer: Mailer;
  links: Links;
  /** Jobs speak for the shopper whose order it is, with this service's own key. */
  identityKey: Buffer;
  log: Log;
}

/** What a task throws when trying again is known to be of no use. */
export class CannotSucceed extends Error {
  override name = 'CannotSucceed';
}

const EACH_CALL_MS = 4000;
/** A process that stops has 10 s, in which it also ends what it was asked and hands back what it has not begun. */
const ALL_CALLS_MS = 5000;

/** When it ends. */
const patience = new AsyncLocalStorage<number>();

/** Does the work of a job, whose calls to the provider end within 5 s altogether. */
export const withPatience = <T>(work: () => Promise<T>): Promise<T> => patience.run(performance.now() + ALL_CALLS_MS, work);

/** How long a call to the provider may take in a job: nobody waits, but what is left of the job's time is for all its calls. */
export const PATIENT: Within = {
  get timeoutMs() {
    const end = patience.getStore() ?? Number.POSITIVE_INFINITY;
    return Math.ceil(Math.max(1, Math.min(EACH_CALL_MS, end - performance.now())));
  },
};
