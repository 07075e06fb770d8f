import type { Ask, Call } from '../../history/call.ts';
import type { Mail } from '../../history/mails.ts';
import type { KeyRow, LineRow, OrderRow, Snapshot, StockRow } from '../../history/rows.ts';
import type { Bug } from './bugs.ts';
import { ModelProvider } from './model-provider.ts';
import { ModelStock } from './model-stock.ts';

export type Answer = Pick<Call, 'status' | 'code' | 'body' | 'order' | 'state' | 'total' | 'wanting'>;

const CURRENCY = 'GBP';
const HOLD_MS = 60_000;

/** A shop in memory that keeps every promise, but for the bugs that it is given. It leaves behind what a real one does. */
export class ModelShop {
  readonly #bugs: ReadonlySet<Bug>;
  readonly stock: ModelStock;
  readonly #keys = new Map<string, { line1: string; answer: Answer; row: KeyRow }>();
  readonly #carts = new Map<string, LineRow[]>();
  readonly orders: OrderRow[] = [];
  readonly adds: Snapshot['adds'] = [];
  readonly payments: Snapshot['payments'] = [];
  readonly events: Snapshot['events'] = [];
  readonly mails: Mail[] = [];
  readonly refunds: Snapshot['refunds'] = [];
  /** Milliseconds since the epoch; who shops moves it on. */
  readonly clock = { now: 1000 };
  readonly provider = new ModelProvider(this.clock);
  readonly #cleared = new Set<string>();
  #claims = 0;
  #ids = 0;

  constructor(bugs: readonly Bug[], stock: readonly StockRow[]) {
    this.#bugs = new Set(bugs);
    this.stock = new ModelStock(stock, { locks: !this.has('unlocked decrement') });
  }

  has(bug: Bug): boolean {
    return this.#bugs.has(bug);
  }

  cart(buyer: string): LineRow[] {
    return this.#carts.get(buyer) ?? [];
  }

  add(buyer: string, key: string, { sku, quantity }: LineRow): void {
    if (this.adds.some((known) => known.buyer === buyer && known.key === key)) {
      if (!this.has('add repeated')) return;
    } else this.adds.push({ buyer, key, sku, quantity });
    const cart = this.cart(buyer);
    const line = cart.find((each) => each.sku === sku);
    if (line) line.quantity += quantity;
    else this.#carts.set(buyer, [...cart, { sku, quantity }]);
  }

  /** @param atOnce in the same moment as another call with the key: what that one did is not seen by who does not lock */
  place(buyer: string, key: string, ask: Ask, { atOnce = false, closing = false } = {}): Answer {
    this.#claims += this.has('retries without a budget') ? 3 : 1;
    const scope = this.has('keys shared by all') ? key : `${buyer} ${key}`;
    const known = this.#keys.get(scope);
    const blind = (atOnce && this.has('check, then insert of the key')) || this.has('lost answer forgotten');
    if (known && !blind) {
      if (known.line1 !== ask.line1 && !this.has('payload of a key ignored')) return { status: 422, code: 'idempotency-key-reused', body: 'reused' };
      return this.has('another body for the same key') ? { ...known.answer, body: `${known.answer.body} at ${this.#ids++}` } : known.answer;
    }
    const answer = this.#sell(buyer, ask, closing);
    this.#keys.set(scope, { line1: ask.line1, answer, row: { buyer, key, status: answer.status, body: answer.body ?? '', abandoned: false } });
    return answer;
  }

  #sell(buyer: string, ask: Ask, closing: boolean): Answer {
    const id = `order-${String((this.#ids += 1)).padStart(30, '0')}`;
    const lines = this.cart(buyer).map(({ sku, quantity }) => ({ sku, quantity, price: this.has('price of the client believed') ? 1 : this.stock.priceOf(sku) }));
    if (lines.length === 0) return refused('cart-empty');
    const { items, shipping, total } = totalsOf(lines, ask.shippingMethod);
    const card = ask.paymentMethod === 'card';
    if (card && this.has('charge before reserve')) this.provider.charge(id, total);
    const wanting = lines.filter((line) => this.stock.isWanting(line) || (closing && this.has('undersell'))).map(({ sku }) => sku);
    if (wanting.length > 0) return { ...refused('out-of-stock'), wanting };
    this.stock.hold(id, lines);
    const { email, name, line1, paymentMethod, shippingMethod } = ask;
    const order: OrderRow = {
      id, buyer, state: card ? 'awaiting_payment' : 'accepted', email, name, line1, paymentMethod, shippingMethod, currency: CURRENCY, items, shipping, total,
      tax: Math.round(total / 6), stock: 'held', placedAt: this.clock.now, changedAt: this.clock.now, holdUntil: card ? this.clock.now + HOLD_MS : null, cartClearedAt: null, confirmedAt: null, lines,
    };
    this.orders.push(order);
    if (card) this.#openSession(order);
    else this.#sold(order);
    const state = order.state;
    return { status: 201, order: id, state, total: { amount: total, currency: CURRENCY }, body: JSON.stringify({ id, state, total }) };
  }

  /** On the provider's page. `late`: in the moment in which the order is ended. */
  pay(id: string, { late = false } = {}): 'paid' | 'ended' {
    const order = this.find(id);
    if (late && order?.state === 'awaiting_payment') {
      this.clock.now += HOLD_MS;
      this.end(id);
    }
    if (!order || (order.state !== 'awaiting_payment' && !late)) return 'ended';
    if (!this.has('free order')) this.provider.charge(id, order.total);
    if (this.has('double charge')) this.provider.charge(id, order.total);
    const payment = this.payments.find((each) => each.order === id);
    if (payment) Object.assign(payment, { state: 'paid', received: order.total });
    if (!late) {
      this.#sold(order, 'paid');
    } else if (!this.has('refund forgotten')) {
      this.#return(order);
    }
    this.#tell(id, late ? 'returning' : 'paid');
    if (this.has('every paid order ended') && !late) {
      this.stock.release(id);
      Object.assign(order, { state: 'refunded', stock: 'released' });
      this.#return(order);
    }
    return 'paid';
  }

  /** Somebody pretends that it was paid. */
  forge(id: string): void {
    const order = this.find(id);
    const event = this.provider.tell(id, { lie: 'forged' });
    if (!this.has('forged event believed') || order?.state !== 'awaiting_payment') return;
    this.events.push({ ...event, processed: true, outcome: 'paid' });
    this.#sold(order, 'paid');
  }

  /** Cancelled by its shopper, or because its hold lapsed. */
  end(id: string): void {
    const order = this.find(id);
    if (!order || order.state === 'cancelled' || order.state === 'paid') return;
    const wasSold = order.state === 'accepted';
    Object.assign(order, { state: 'cancelled', stock: 'released', changedAt: this.clock.now });
    const payment = this.payments.find((each) => each.order === id);
    if (payment) payment.state = 'expired';
    if (this.has('mail for an unpaid order') && !wasSold) this.#confirm(order);
    if (wasSold || !this.has('leaked hold')) this.stock.release(id);
  }

  /** All that is to happen by itself. */
  rest(): void {
    if (!this.has('hold ended early')) this.clock.now += HOLD_MS;
    for (const order of this.orders) if (order.state === 'awaiting_payment' && !this.has('order pending for ever')) this.end(order.id);
    if (this.has('order lost in a crash')) this.orders.splice(0, 1);
    if (this.has('cart lost')) this.#carts.clear();
  }

  snapshot(): Snapshot {
    return structuredClone({
      at: this.clock.now, claims: this.#claims, reserves: this.stock.reservations.length, stock: this.stock.rows, reservations: this.stock.reservations, orders: this.orders, payments: this.payments, refunds: this.refunds, events: this.events, jobs: [],
      keys: [...this.#keys.values()].map(({ row }) => row), adds: this.adds, carts: [...this.#carts].map(([buyer, lines]) => ({ buyer, lines })),
    });
  }

  find(id: string): OrderRow | undefined {
    return this.orders.find((order) => order.id === id);
  }

  #sold(order: OrderRow, state = order.state): void {
    this.stock.commit(order.id);
    Object.assign(order, { state, stock: 'committed', cartClearedAt: 1, confirmedAt: 1 });
    if (!this.has('mail missing')) this.#confirm(order);
    if (this.has('mail twice')) this.#confirm(order, '-again');
  }

  /** Takes what was ordered out of the cart, once. */
  clear(id: string): void {
    const order = this.find(id);
    if (!order || this.#cleared.has(id) || this.has('cart ordered twice')) return;
    this.#cleared.add(id);
    const left = this.cart(order.buyer).map(({ sku, quantity }) => ({ sku, quantity: quantity - (order.lines.find((line) => line.sku === sku)?.quantity ?? 0) }));
    this.#carts.set(order.buyer, left.filter(({ quantity }) => quantity > 0));
  }

  #openSession({ id, total, email }: OrderRow): void {
    for (let tries = this.has('retries without a budget') ? 3 : 1; tries > 0; tries -= 1) this.provider.open(id, total, email);
    this.payments.push({ order: id, state: 'open', session: `cs_${id}`, amount: total, currency: CURRENCY, received: 0, refunded: 0, promised: 0 });
  }

  #return({ id, total }: OrderRow): void {
    this.provider.refund(id, total);
    this.refunds.push({ order: id, amount: total, currency: CURRENCY, state: 'done', providerId: `re_${id}` });
    const payment = this.payments.find((each) => each.order === id);
    if (payment) Object.assign(payment, { state: 'refunded', refunded: total, promised: total });
    this.#tell(id, 'looked up', 'charge.refunded');
  }

  #tell(order: string, outcome: string, type?: string): void {
    const event = this.provider.tell(order, type === undefined ? {} : { type });
    if (!this.has('event acknowledged before it is stored')) this.events.push({ ...event, processed: true, outcome });
  }

  #confirm({ id, email, name }: OrderRow, copy = ''): void {
    this.mails.push({ file: `${id}${copy}.eml`, to: email, messageId: `<${id}${copy}@shop>`, text: `Thank you, ${name}` });
  }
}

export function totalsOf(lines: readonly { price: number; quantity: number }[], method: Ask['shippingMethod']): { items: number; shipping: number; total: number } {
  const items = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const shipping = method === 'express' ? 695 : items >= 5000 ? 0 : 395;
  return { items, shipping, total: items + shipping };
}

function refused(code: string): Answer {
  return { status: 409, code, body: code };
}
