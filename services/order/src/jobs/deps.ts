import type { Log } from '@emall/runtime';
import type { Cart, Catalog } from '../clients.ts';
import type { Database } from '../database.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { Links } from '../orders/identifiers.ts';
import type { PaymentProvider } from '../payments/provider.ts';

export interface JobDeps {
  db: Database;
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

/** A provider call in a job: nobody waits, but a job must end before its process is asked to. */
export const PATIENT = { timeoutMs: 4000 };
