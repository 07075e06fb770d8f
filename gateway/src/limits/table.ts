/** What a call asks of the shop, as far as its cost to us goes. */
export type Work = 'read' | 'change' | 'checkout' | 'notice' | 'renewal';

/** Whose calls are counted together. A stranger is the address of somebody who has no token that a gateway made. */
export type Whose = 'address' | 'shopper' | 'stranger';

export interface Limit {
  /** In metrics, logs and Redis. */
  name: string;
  of: readonly Work[];
  by: Whose;
  /** How many a client may make for as long as they like. */
  perSecond: number;
  /** How many at once, after a rest. */
  burst: number;
}

/**
 * What one client may ask for, so that none takes the shop from the others. An IPv4 address can be an office or a part of
 * a mobile network: hundreds of people who never meet, so that the bursts are theirs and the rates are what a 2-core shop
 * can do for one address: 100 reads are 20 % of it, 50 cart writes 5 %, 5 orders 2 %. (Networks of IPv6 give each phone
 * its own /64.)
 *
 * What holds stock holds it for 15 minutes, so that the rate of checkouts is low and their burst large: a rush through one
 * address gets 300 in at once, and a hoarder no more than 4,800 attempts before the first hold lapses; with guests of
 * their own, 2,100.
 */
export const limits: readonly Limit[] = [
  { name: 'read', of: ['read'], by: 'address', perSecond: 100, burst: 1000 },
  { name: 'change', of: ['change'], by: 'address', perSecond: 50, burst: 500 },
  { name: 'checkout', of: ['checkout'], by: 'address', perSecond: 5, burst: 300 },
  // Whoever makes guests, or invents them, makes them here: this is what many sessions from one source are limited by.
  { name: 'newcomer', of: ['change', 'checkout'], by: 'stranger', perSecond: 2, burst: 300 },
  { name: 'shopper-change', of: ['change'], by: 'shopper', perSecond: 5, burst: 50 },
  // One that is asked to come again in a second, for the 30 s that people wait, with a double click at each end.
  { name: 'shopper-checkout', of: ['checkout'], by: 'shopper', perSecond: 1, burst: 20 },
  // The payment provider comes in bursts, from few addresses, and repeats for days what it is refused; but anybody may say that
  // they are the provider, and who is not is told so only by the service. As much as a 2-core shop can ever sell, for 50 s at once.
  { name: 'notice', of: ['notice'], by: 'address', perSecond: 100, burst: 5000 },
  // Copies that the edge fetches anew are for everybody, and in nobody's name; but whoever walks over pages whose copies are old
  // causes one for each. Over this the edge goes on with the copy that it has, and the shop keeps a third of itself for what it has not.
  { name: 'renewal', of: ['renewal'], by: 'address', perSecond: 300, burst: 3000 },
];

/** What the payment provider tells. */
const NOTICE = 'POST /api/payments/webhook';
const CHECKOUTS: ReadonlySet<string> = new Set(['POST /api/orders', 'POST /checkout']);

export function workOf(method: string, url: string): Work {
  if (method === 'GET' || method === 'HEAD') return 'read';
  const cut = url.indexOf('?');
  const operation = `${method} ${cut < 0 ? url : url.slice(0, cut)}`;
  if (operation === NOTICE) return 'notice';
  return CHECKOUTS.has(operation) ? 'checkout' : 'change';
}
