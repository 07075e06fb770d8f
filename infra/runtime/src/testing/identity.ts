import { createHash, randomUUID } from 'node:crypto';
import { IDENTITY_HEADER, type IdentityKeys, signIdentity } from '../identity.ts';

const CALLERS = ['gateway', 'order', 'cart', 'storefront'];

/** One key for each caller, the same in all tests. */
export const testIdentityKeys: IdentityKeys = new Map(CALLERS.map((caller) => [caller, createHash('sha256').update(caller).digest()]));

/** Headers of a call that the gateway passes on for a shopper; a new shopper unless one is given. */
export function asShopper(shopper: string = newShopper()): { shopper: string; headers: Record<string, string> } {
  return { shopper, headers: callerHeaders('gateway', shopper) };
}

/** Headers of a call that `caller` makes itself in a shopper's name. */
export function callerHeaders(caller: string, shopper: string = newShopper()): Record<string, string> {
  const key = testIdentityKeys.get(caller);
  if (!key) throw new Error(`no test key for ${caller}`);
  return { [IDENTITY_HEADER]: signIdentity({ shopper, caller, key }) };
}

export function newShopper(): string {
  return randomUUID().replaceAll('-', '').slice(0, 22);
}
