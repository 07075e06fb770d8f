import type { Ask } from '../history/call.ts';
import { persist } from './persist.ts';
import type { Answer, Request, Shopper } from './shopper.ts';

const KEPT = 200;

interface Line {
  sku: string;
  quantity: number;
}

interface Intent {
  ask: Ask;
  lines: Line[];
}

/** How somebody orders; each is an answer to a way in which shops have made two orders of one. */
type Manner = 'plainly' | 'twice-at-once' | 'again-later' | 'two-keys-at-once' | 'another-payload' | 'key-of-another';
const MANNERS: readonly Manner[] = ['plainly', 'plainly', 'plainly', 'twice-at-once', 'twice-at-once', 'again-later', 'two-keys-at-once', 'another-payload', 'key-of-another'];

/** Orders what is in the cart. The answers with an order, one for each key that got one. */
export async function checkOut(shopper: Shopper, manner: Manner = shopper.random.pick(MANNERS), method?: Ask['paymentMethod']): Promise<Answer[]> {
  const { random, street } = shopper;
  const intent = await intend(shopper, method);
  if (intent === undefined) return [];
  const key = manner === 'key-of-another' ? keyOfAnother(shopper) : shopper.newKey();
  const first = ordering(intent, key);
  const answers: Answer[] = [];
  switch (manner) {
    case 'twice-at-once':
      answers.push(...(await Promise.all([persist(shopper, first), persist(shopper, first), ...(random.chance(0.3) ? [persist(shopper, first)] : [])])).slice(0, 1));
      break;
    case 'again-later':
      answers.push(await persist(shopper, first));
      await shopper.send({ kind: 'cart', method: 'GET', path: '/api/cart' });
      await persist(shopper, first);
      break;
    case 'two-keys-at-once':
      answers.push(...(await Promise.all([persist(shopper, first), persist(shopper, ordering({ ...intent, ask: { ...intent.ask, line1: newLine(shopper) } }, shopper.newKey()))])));
      break;
    case 'another-payload': {
      const other = ordering({ ...intent, ask: { ...intent.ask, line1: newLine(shopper) } }, key);
      if (random.chance(0.3)) answers.push(...(await Promise.all([persist(shopper, first), persist(shopper, other)])));
      else answers.push(await persist(shopper, first), await persist(shopper, other));
      break;
    }
    default:
      answers.push(await persist(shopper, first));
  }
  keep(street.keys, { shopper: shopper.name, key });
  const placed = answers.filter(({ call }) => call.order !== undefined);
  for (const { call } of placed) keep(street.orders, { shopper: shopper.name, id: call.order ?? '' });
  return placed;
}

/** Asks what it costs; nothing when the shop will not say, or the cart is empty. */
async function intend(shopper: Shopper, method: Ask['paymentMethod'] | undefined): Promise<Intent | undefined> {
  const { random, canary, street } = shopper;
  const address = { name: `Ada ${canary}`, line1: newLine(shopper), city: 'London', postcode: 'SW1Y 4JH', country: 'GB' };
  const shippingMethod = random.chance(0.7) ? 'standard' : 'express';
  const { call, json } = await persist(shopper, { kind: 'quote', method: 'POST', path: '/api/orders/quote', body: { address, shippingMethod } });
  const { total: expectedTotal } = (json ?? {}) as { total?: Ask['expectedTotal'] };
  if (call.outcome !== 'ok' || expectedTotal === undefined) return undefined;
  const paymentMethod = method ?? (random.chance(0.45) ? 'card' : 'on_delivery');
  return {
    ask: { email: `${street.prefix}.${canary}@example.com`, name: address.name, line1: address.line1, paymentMethod, shippingMethod, expectedTotal },
    lines: call.lines ?? [],
  };
}

function ordering({ ask, lines }: Intent, key: string): Request {
  const { email, name, line1, ...rest } = ask;
  const body = { ...rest, email, address: { name, line1, city: 'London', postcode: 'SW1Y 4JH', country: 'GB' } };
  return { kind: 'order', method: 'POST', path: '/api/orders', body, key, note: { ask, lines } };
}

/** Names the payload in the address, so that an order in the shop's tables tells which call it comes from. */
function newLine(shopper: Shopper): string {
  return `${shopper.next()} ${shopper.canary} Row`;
}

function keyOfAnother(shopper: Shopper): string {
  const others = shopper.street.keys.filter((each) => each.shopper !== shopper.name);
  return others.length > 0 ? shopper.random.pick(others).key : shopper.newKey();
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.shift();
}
