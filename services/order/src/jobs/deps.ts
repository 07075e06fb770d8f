import type { Log } from '@emall/runtime';
import type { Cart, Catalog } from '../clients.ts';
import type { Database } from '../database.ts';
import type { PaymentProvider } from '../payments/provider.ts';

export interface JobDeps {
  db: Database;
  catalog: Catalog;
  cart: Cart;
  provider: PaymentProvider;
  /** Jobs speak for the shopper whose order it is, with this service's own key. */
  identityKey: Buffer;
  log: Log;
}

/** A provider call in a job: nobody waits, but a job must end before its process is asked to. */
export const PATIENT = { timeoutMs: 4000 };
