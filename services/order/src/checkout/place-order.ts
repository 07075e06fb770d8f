import { inTransaction, type Log, unavailable } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';
import type { Database } from '../database.ts';
import { orderEnded, tooManyOrders, totalChanged } from '../errors.ts';
import { addJobs, job, waitingJobs } from '../jobs/add-jobs.ts';
import { type Answer, created, isFinal, refusal } from '../keys/answer.ts';
import { fingerprint } from '../keys/fingerprint.ts';
import type { HoldOn } from '../keys/hold-on.ts';
import { type Claim, ClaimLost, claimKey, keepAnswer, keptAnswer, releaseClaim, stillHeld } from '../keys/queries.ts';
import { endUnpaid } from '../orders/end-unpaid.ts';
import { type Links, orderIdOf, orderNumber } from '../orders/identifiers.ts';
import { findOrder, insertOrder, type NewOrder, type Order } from '../orders/queries.ts';
import type { NewPayment, PaymentProvider } from '../payments/provider.ts';
import { noCards } from '../payments/circuit.ts';
import { recordSession } from '../payments/queries.ts';
import { type BasketDeps, HOLD_MARGIN_S, priceLines, refuseShort, reserve, signing } from './basket.ts';
import { endEarlier } from './end-earlier.ts';
import { placed, toOrder } from './new-order.ts';
import { quoteOf } from './quote.ts';
import type { OrderRequest } from './schema.ts';
import { storeSold } from './store-sold.ts';
import { takeCart } from './take-cart.ts';

export interface CheckoutDeps extends BasketDeps {
  db: Database;
  /** Keeps the claims of this process from lapsing. */
  holdOn: HoldOn;
  provider: PaymentProvider;
  links: Links;
  publicUrl: string;
  /** How long an order may wait for its payment. */
  holdSeconds: number;
  log: Log;
}

const PROVIDER_TIMEOUT_MS = 4000;
/** Orders of one shopper in 24 hours that nobody has paid for: goods that are sent out on trust. */
const MOST_DUE = 20;

const ENDED = 'This order was ended before it was paid, and nothing was charged. Order again if you still want it.';
const TOO_MANY = `You have placed ${MOST_DUE} orders within a day that are due on delivery. Pay this one by card, or order again tomorrow.`;

/**
 * The whole story of a checkout, each step repeatable because the order's id comes from shopper and key:
 *
 * 1. claim the key     undone by: its lease, which lapses 2 s after its holder died, or `releaseClaim`
 * 2. read and price    nothing to undo; an earlier order that is still in the cart is taken out first
 * 3. end the earlier   never undone: the shopper has one way to pay at most, and this order replaces it
 * 4. reserve stock     undone by: `release-stock` after a refusal, `end-abandoned` when nobody is left to refuse
 * 5. store the order   undone by: `expire-order`, written with it
 * 6. open the payment  undone by: the same job, which ends the session before it lets the stock go
 * 7. keep the answer   never undone
 *
 * Step 1 lets one checkout of a shopper in at a time. Should two pass it all the same, they meet in step 5, where an index
 * lets one in: the other is asked to come again, and then sees the first.
 * No database connection is held while another service or the provider is asked.
 */
export async function placeOrder(deps: CheckoutDeps, request: FastifyRequest, key: string, body: OrderRequest): Promise<Answer> {
  const { db } = deps;
  const { shopper } = request;
  const claim = await claimKey(db, shopper, key, fingerprint(body));
  if ('body' in claim) return claim;
  const letGo = deps.holdOn(claim);
  try {
    const order = claim.attempt > 1 ? await findOrder(db, orderIdOf(shopper, key)) : undefined;
    if (order) return await openPayment(deps, claim, order);
    return await agreeAndStore(deps, claim, request, body);
  } catch (error) {
    if (error instanceof ClaimLost) return await keptAnswer(db, shopper, key);
    if (isFinal(error)) return await keepRefusal(db, claim, refusal(error, request.id));
    // Failing to release it only means that a repeat waits for the lease.
    const ours = await releaseClaim(db, claim).catch((cause: unknown) => (deps.log.warn({ err: cause }, 'a claim was left to lapse'), true));
    if (!ours) return await keptAnswer(db, shopper, key);
    throw error;
  } finally {
    letGo();
  }
}

async function agreeAndStore(deps: CheckoutDeps, claim: Claim, request: FastifyRequest, body: OrderRequest): Promise<Answer> {
  const { standing } = claim;
  if (body.paymentMethod === 'on_delivery' && standing.due >= MOST_DUE) throw tooManyOrders({ detail: TOO_MANY });
  // Nothing is reserved for whom nobody can take money from now.
  if (body.paymentMethod === 'card' && deps.provider.isAway()) throw noCards();
  const headers = signing(deps, request);
  const basket = await takeCart(deps, headers, standing);
  // Who holds nothing yet need not hold anything to learn that there is nothing to hold: most of a rush is refused by what catalog
  // told others a moment ago, or by the price list, and locks nothing.
  const isNew = claim.attempt === 1 && standing.waiting === null;
  if (isNew) deps.gone?.refuse(basket.lines);
  const lines = await priceLines(deps, headers(), basket.lines);
  const quote = quoteOf(lines, body.shippingMethod, deps.currency);
  const { amount, currency: expected } = body.expectedTotal;
  if (amount !== quote.total.amount || expected !== quote.total.currency) {
    throw totalChanged({ detail: 'Look at the new total and order again.', extra: { quote } });
  }

  if (isNew) refuseShort(deps, lines);
  const order = toOrder(deps, claim, body, { cartVersion: basket.version, lines, quote });
  if (standing.waiting !== null) await endEarlier(deps, headers, standing.waiting);
  await reserve(deps, headers(), { orderId: order.id, lines, holdSeconds: Math.ceil(deps.holdSeconds) + HOLD_MARGIN_S, attempt: claim.attempt });
  return order.provider === null ? await storeAccepted(deps, claim, order) : await storeAwaiting(deps, claim, order);
}

async function storeAccepted(deps: CheckoutDeps, claim: Claim, order: NewOrder): Promise<Answer> {
  const answer = created(placed(deps.links, order));
  if (!(await storeSold(deps.db, claim, order, answer))) throw rivalled(order);
  return answer;
}

async function storeAwaiting(deps: CheckoutDeps, claim: Claim, order: NewOrder): Promise<Answer> {
  const stored = await inTransaction(deps.db, async (trx) => {
    await stillHeld(trx, claim);
    await insertOrder(trx, order);
    const mine = await findOrder(trx, order.id);
    if (!mine) throw rivalled(order);
    await addJobs(trx, waitingJobs(order.id, deps.holdSeconds));
    return mine;
  });
  return await openPayment(deps, claim, stored);
}

function rivalled({ id, cartVersion }: NewOrder) {
  return unavailable({ cause: new Error(`order ${id} was not stored: another of its shopper is of the same cart (${cartVersion}), or awaits payment`) });
}

/** From here on the stored order is what counts: the cart may have changed since. */
async function openPayment(deps: CheckoutDeps, claim: Claim, order: Order): Promise<Answer> {
  const { db, provider, links, publicUrl } = deps;
  const { id, hold_until: holdUntil } = order;
  if (order.state !== 'awaiting_payment' || !holdUntil) throw orderEnded({ detail: ENDED });
  const shipping = order.shipping > 0 ? [{ name: 'Delivery', price: order.shipping, quantity: 1 }] : [];
  const within = { timeoutMs: PROVIDER_TIMEOUT_MS };
  const payment: NewPayment = {
    orderId: id,
    orderNumber: orderNumber(id),
    email: order.email,
    currency: order.currency,
    lines: [...order.lines, ...shipping],
    paidUrl: links.urlOf(id),
    cancelledUrl: `${publicUrl}/checkout/cancelled?order=${id}`,
    placedAt: order.placed_at,
    holdUntil,
  };
  const session = await provider.open(payment, within).catch(async (error: unknown) => {
    // It can never be paid: its stock must not wait for the end of the hold.
    if (isFinal(error)) await endUnpaid(deps, order, within);
    throw error;
  });

  const answer = created(placed(links, { ...order, state: 'awaiting_payment', paymentMethod: 'card' }, session.url));
  const recorded = await inTransaction(db, async (trx) => {
    if (!(await recordSession(trx, id, session))) return false;
    await keepAnswer(trx, claim, answer);
    return true;
  });
  if (recorded) return answer;
  // The hold ended meanwhile, or the shopper ordered again. Nobody was given the address, so that nobody can have paid.
  await provider.expire(session.id, within).catch((cause: unknown) => deps.log.warn({ err: cause, orderId: id }, 'a session was left to end by itself'));
  throw orderEnded({ detail: ENDED });
}

/**
 * Makes the refusal final. An earlier run may have reserved something: it is given back in the same transaction. One that
 * is still about to reserve is refused by catalog, because what was given back for good stays so.
 */
async function keepRefusal(db: Database, claim: Claim, answer: Answer): Promise<Answer> {
  const { shopper, key } = claim;
  try {
    await inTransaction(db, async (trx) => {
      await keepAnswer(trx, claim, answer);
      if (claim.attempt > 1) await addJobs(trx, [job('release-stock', { orderId: orderIdOf(shopper, key), shopper })]);
    });
    return answer;
  } catch (error) {
    if (error instanceof ClaimLost) return await keptAnswer(db, shopper, key);
    throw error;
  }
}
