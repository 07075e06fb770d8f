import { chargeObject, refundObject, sessionObject } from './api/objects.ts';
import type { RefundListParams, RefundParams, SessionParams } from './api/params.ts';
import { type TestCard, testCards } from './cards.ts';
import { invalid, missing } from './errors.ts';
import { listOf } from './form.ts';
import { type Ledger, newId, nowSeconds } from './ledger.ts';
import type { IntentRecord, RefundRecord, SessionRecord } from './records.ts';
import type { Webhooks } from './webhooks.ts';

const SHORTEST_S = 30 * 60;
const LONGEST_S = 24 * 60 * 60;
/** Of the smallest coin; Stripe takes nothing below about £0.30. */
const LEAST = 30;
const MOST = 99_999_999;
const MOST_LINES = 100;

/** The provider's business: sessions are opened, paid once or expired, and money goes back at most as it came. */
export class Provider {
  readonly #ledger: Ledger;
  readonly #webhooks: Webhooks;
  readonly #origin: string;
  readonly #open: Set<string>;

  constructor({ ledger, webhooks, origin }: { ledger: Ledger; webhooks: Webhooks; origin: string }) {
    this.#ledger = ledger;
    this.#webhooks = webhooks;
    this.#origin = origin;
    this.#open = new Set(ledger.all('session').filter(({ status }) => status === 'open').map(({ id }) => id));
  }

  openSession(params: SessionParams): SessionRecord {
    const lines = listOf(params.line_items).map(({ quantity, price_data: price }) => ({
      name: price.product_data.name,
      amount: Number(price.unit_amount),
      quantity: Number(quantity),
      currency: price.currency,
    }));
    const currency = lines[0]?.currency;
    if (currency === undefined) throw invalid('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' });
    if (lines.length > MOST_LINES) throw invalid(`You can only have up to ${MOST_LINES} line items.`, { param: 'line_items' });
    if (lines.some((line) => line.currency !== currency)) throw invalid('All line items must have the same currency.', { param: 'line_items' });
    if (lines.some((line) => line.quantity < 1)) throw invalid('Quantities must be at least 1.', { param: 'line_items' });
    const amount = lines.reduce((sum, line) => sum + line.amount * line.quantity, 0);
    if (amount < LEAST) throw invalid(`The Checkout Session's total amount must be at least ${LEAST}.`, { code: 'amount_too_small' });
    if (amount > MOST) throw invalid(`The Checkout Session's total amount must be no more than ${MOST}.`, { code: 'amount_too_large' });
    const created = nowSeconds();
    const session: SessionRecord = {
      id: newId('cs_test', 58),
      created,
      expiresAt: expiry(params.expires_at, created),
      status: 'open',
      amount,
      currency,
      lines: lines.map(({ name, amount, quantity }) => ({ name, amount, quantity })),
      email: params.customer_email ?? null,
      reference: params.client_reference_id ?? null,
      description: params.payment_intent_data?.description ?? null,
      metadata: { ...params.metadata },
      intentMetadata: { ...params.payment_intent_data?.metadata },
      successUrl: params.success_url,
      cancelUrl: params.cancel_url ?? null,
      intent: null,
    };
    this.#open.add(session.id);
    this.#ledger.together(() => {
      this.#ledger.put('session', session);
      this.#webhooks.opened(sessionObject(session, this.#origin));
    });
    return session;
  }

  session(id: string): SessionRecord {
    const session = this.#ledger.get('session', id);
    if (!session) throw missing('checkout.session', id, 'session');
    return session.status === 'open' && session.expiresAt <= nowSeconds() ? this.#end(session) : session;
  }

  expireSession(id: string): SessionRecord {
    const session = this.session(id);
    if (session.status !== 'open') {
      throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`);
    }
    return this.#end(session);
  }

  /** Ends what nobody has paid in time. */
  expireOverdue(): void {
    for (const id of this.#open) this.session(id);
  }

  /** Somebody pays on the page. The session as it is then: complete, or still open when the card was refused. */
  pay(id: string, card: TestCard): SessionRecord {
    return this.#ledger.together(() => this.#pay(id, card));
  }

  #pay(id: string, card: TestCard): SessionRecord {
    const session = this.session(id);
    if (session.status !== 'open') return session;
    const paid = card.decline === undefined;
    const { amount, currency } = session;
    const intent = this.#intentOf(session);
    const charge = this.#ledger.put('charge', {
      id: newId('ch'),
      created: nowSeconds(),
      intent: intent.id,
      amount,
      currency,
      status: paid ? 'succeeded' : 'failed',
      failure: card.decline?.code ?? null,
      card: { brand: card.brand, last4: card.number.slice(-4) },
    });
    this.#ledger.put('intent', { ...intent, charge: charge.id, ...(paid && { status: 'succeeded' as const, received: amount }) });
    const after = { ...session, intent: intent.id };
    return paid ? this.#close({ ...after, status: 'complete' }, 'checkout.session.completed') : this.#ledger.put('session', after);
  }

  /** Why the last card was refused, in words for who pays. */
  declineOf({ intent }: SessionRecord): string | undefined {
    const charge = this.#ledger.get('charge', this.#ledger.get('intent', intent ?? '')?.charge ?? '');
    return testCards.find(({ decline }) => decline !== undefined && decline.code === charge?.failure)?.decline?.message;
  }

  intent(id: string): IntentRecord {
    const intent = this.#ledger.get('intent', id);
    if (!intent) throw missing('payment_intent', id, 'intent');
    return intent;
  }

  refund(params: RefundParams): RefundRecord {
    return this.#ledger.together(() => this.#refund(params));
  }

  /** Newest first; `starting_after` names the last refund of the page before. */
  refunds({ payment_intent: intent, limit = '10', starting_after: after }: RefundListParams): { refunds: RefundRecord[]; hasMore: boolean } {
    const all = this.#ledger.all('refund').filter((refund) => intent === undefined || refund.intent === intent).toReversed();
    const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && start === 0) throw missing('refund', after, 'starting_after');
    const end = start + Number(limit);
    return { refunds: all.slice(start, end), hasMore: all.length > end };
  }

  #refund(params: RefundParams): RefundRecord {
    const intent = this.#ledger.get('intent', params.payment_intent);
    if (!intent?.charge || intent.status !== 'succeeded') throw missing('payment_intent', params.payment_intent, 'payment_intent');
    const left = intent.received - intent.refunded;
    if (left === 0) throw invalid(`Charge ${intent.charge} has already been refunded.`, { code: 'charge_already_refunded' });
    const amount = params.amount === undefined ? left : Number(params.amount);
    if (amount < 1) throw invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' });
    if (amount > left) throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, { param: 'amount' });
    const refund = this.#ledger.put('refund', {
      id: newId('re'),
      created: nowSeconds(),
      intent: intent.id,
      charge: intent.charge,
      amount,
      currency: intent.currency,
      reason: params.reason ?? null,
      metadata: { ...params.metadata },
    });
    const after = this.#ledger.put('intent', { ...intent, refunded: intent.refunded + amount });
    const charge = this.#ledger.get('charge', intent.charge);
    if (charge) this.#webhooks.emit('charge.refunded', chargeObject(charge, after), intent.session);
    this.#webhooks.emit('refund.created', refundObject(refund), intent.session);
    return refund;
  }

  /** One for all attempts to pay a session. */
  #intentOf(session: SessionRecord): IntentRecord {
    if (session.intent !== null) return this.intent(session.intent);
    const { amount, currency, description, intentMetadata: metadata } = session;
    const nothingYet = { received: 0, refunded: 0, status: 'requires_payment_method', charge: null } as const;
    return { id: newId('pi'), created: nowSeconds(), session: session.id, amount, currency, description, metadata, ...nothingYet };
  }

  #end(session: SessionRecord): SessionRecord {
    return this.#close({ ...session, status: 'expired' }, 'checkout.session.expired');
  }

  #close(session: SessionRecord, type: string): SessionRecord {
    this.#open.delete(session.id);
    this.#ledger.together(() => {
      this.#ledger.put('session', session);
      this.#webhooks.emit(type, sessionObject(session, this.#origin), session.id);
    });
    return session;
  }
}

function expiry(given: string | undefined, created: number): number {
  if (given === undefined) return created + LONGEST_S;
  const at = Number(given);
  if (at < created + SHORTEST_S) throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', { param: 'expires_at' });
  if (at > created + LONGEST_S) throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', { param: 'expires_at' });
  return at;
}
