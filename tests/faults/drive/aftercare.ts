import { setTimeout as sleep } from 'node:timers/promises';
import { abandonOnPage, cards, pageOf, pay, payTwiceAtOnce } from './pay.ts';
import { persist } from './persist.ts';
import type { Answer, Shopper } from './shopper.ts';

const LOOKS = 6;
const LONGEST_WAIT_MS = 20_000;

/** What somebody does with an order: looks at it everywhere, pays or does not, cancels. */
export async function lookAfter(shopper: Shopper, placed: Answer): Promise<void> {
  const { random } = shopper;
  const { order: id = '', ask } = placed.call;
  const view = await look(shopper, id);
  if (random.chance(0.5)) await shopper.send({ kind: 'list', method: 'GET', path: '/api/orders' });
  if (random.chance(0.1)) await shopper.send({ kind: 'page', method: 'GET', path: `/orders/${id}`, note: { order: id } });
  if (random.chance(0.1)) await peek(shopper);
  const url = pageOf(placed);
  if (ask?.paymentMethod === 'card' && url !== undefined) await decide(shopper, id, url, payUntil(view));
  else if (random.chance(0.1)) await cancel(shopper, id);
  await look(shopper, id);
}

async function decide(shopper: Shopper, id: string, url: URL, until: number | undefined): Promise<void> {
  const { random } = shopper;
  const what = random.next();
  if (what < 0.12) return abandonOnPage(shopper, url);
  if (what < 0.22) return cancel(shopper, id);
  if (what < 0.3 && until !== undefined && until - Date.now() < LONGEST_WAIT_MS) {
    // Just before or after the hold ends, and the session with it.
    await sleep(Math.max(0, until - Date.now() + random.int(-300, 1500)));
    await pay(shopper, url, id);
    return;
  }
  if (what < 0.45) await pay(shopper, url, id, random.pick(cards.refused));
  if (what > 0.93) await payTwiceAtOnce(shopper, url, id);
  if (what > 0.86 && what < 0.9) await Promise.all([pay(shopper, url, id), cancel(shopper, id)]);
  if ((await pay(shopper, url, id)) !== 'paid') return;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const { call } = await look(shopper, id);
    if (call.state !== 'awaiting_payment') return;
    await sleep(200);
  }
}

export async function look(shopper: Shopper, id: string): Promise<Answer> {
  return shopper.send({ kind: 'read', method: 'GET', path: `/api/orders/${id}`, note: { order: id } });
}

async function cancel(shopper: Shopper, id: string): Promise<void> {
  await persist(shopper, { kind: 'cancel', method: 'POST', path: `/api/orders/${id}/cancel`, note: { order: id } });
}

/** Somebody else's order is not to be seen. */
async function peek(shopper: Shopper): Promise<void> {
  const others = shopper.street.orders.filter((order) => order.shopper !== shopper.name);
  if (others.length === 0) return;
  const { id } = shopper.random.pick(others);
  await shopper.send({ kind: 'peek', method: 'GET', path: `/api/orders/${id}`, note: { order: id } });
}

function payUntil({ json }: Answer): number | undefined {
  const { payment } = (json ?? {}) as { payment?: { payUntil?: string } };
  return payment?.payUntil === undefined ? undefined : Date.parse(payment.payUntil);
}
