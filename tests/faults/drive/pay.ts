import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../history/call.ts';
import type { Answer, Shopper } from './shopper.ts';

/** Stripe's test cards. */
export const cards = { good: '4242424242424242', refused: ['4000000000000002', '4000000000009995'] } as const;

const TRIES = 6;

/** Where an order is to be paid, as its answer says. */
export function pageOf({ json }: Answer): URL | undefined {
  const { payment } = (json ?? {}) as { payment?: { url?: string } };
  return payment?.url !== undefined && URL.canParse(payment.url) ? new URL(payment.url) : undefined;
}

/** Types a card on the provider's page, and again when the page did not answer. What the page said in the end. */
export async function pay(shopper: Shopper, page: URL, order: string, card: string = cards.good): Promise<Call['payment']> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const said = await submit(shopper, page, order, card, !shopper.patient && shopper.random.chance(1 / 3));
    if (said !== undefined) return said;
    await sleep(100 * attempt);
  }
  return undefined;
}

/** Two clicks. */
export async function payTwiceAtOnce(shopper: Shopper, page: URL, order: string): Promise<void> {
  await Promise.all([submit(shopper, page, order, cards.good, false), submit(shopper, page, order, cards.good, false)]);
}

/** Opens the page and closes it again. */
export async function abandonOnPage({ street }: Shopper, { origin, pathname }: URL): Promise<void> {
  await street.client.send({ method: 'GET', origin, path: pathname, headers: {} });
}

async function submit(shopper: Shopper, { origin, pathname }: URL, order: string, number: string, abandon: boolean): Promise<Call['payment']> {
  const { street, random } = shopper;
  const start = Date.now();
  const { status, headers } = await street.client.send({
    method: 'POST',
    origin,
    path: pathname,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `quick=1&number=${number}`,
    ...(abandon && { abandon: { afterMs: random.int(0, 10) } }),
  });
  const payment = whatItSaid(status, String(headers['location'] ?? ''));
  shopper.note({ kind: 'pay', via: 'provider', start, order, status, outcome: payment === undefined ? 'info' : 'ok', ...(payment && { payment }), ...(abandon && { abandoned: true as const }) });
  return payment;
}

function whatItSaid(status: number, location: string): Call['payment'] {
  if (status === 410) return 'ended';
  if (status !== 303) return undefined;
  return location.startsWith('/pay/') ? 'declined' : 'paid';
}
