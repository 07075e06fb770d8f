import type { Ask, Call, Kind, Phase } from '../../history/call.ts';
import type { StockRow } from '../../history/rows.ts';
import { Random } from '../../random.ts';
import type { World } from '../world.ts';
import type { Bug } from './bugs.ts';
import { type Answer, ModelShop, totalsOf } from './model-shop.ts';

const PREFIX = 'w';
const SHOPPERS = 40;
const STOCK: StockRow[] = [
  { sku: 'HOT', onHand: 12, reserved: 0, price: 1999, currency: 'GBP' },
  { sku: 'CUP', onHand: 500, reserved: 0, price: 450, currency: 'GBP' },
  { sku: 'POT', onHand: 500, reserved: 0, price: 2600, currency: 'GBP' },
];

/** Who buys in a model shop as the driver's shoppers do in a real one, one after another, and what they saw. */
class Street {
  readonly calls: Call[] = [];
  readonly random: Random;
  readonly shop: ModelShop;
  #count = 0;

  constructor(seed: string, bugs: readonly Bug[]) {
    this.random = new Random(seed);
    this.shop = new ModelShop(bugs, STOCK);
  }

  note(shopper: string, kind: Kind, phase: Phase, call: Partial<Call>): void {
    const start = (this.shop.clock.now += 5);
    const end = (this.shop.clock.now += 5);
    const known = call.status ?? 200;
    const outcome = known === 0 ? 'info' : known < 400 ? 'ok' : 'fail';
    this.calls.push({ shopper, canary: canaryOf(shopper), kind, phase, via: 'edge', start, end, outcome, ...call, status: known });
  }

  /** An answer that got lost says nothing, whatever was done. */
  heard(answer: Answer): Answer {
    return this.random.chance(0.25) ? { status: 0 } : answer;
  }

  add(shopper: string, sku: string, phase: Phase): void {
    const key = `${shopper}-${(this.#count += 1)}`;
    const line = { sku, quantity: phase === 'closing' ? 1 : this.random.int(1, 2) };
    this.shop.add(buyerOf(shopper), key, line);
    if (this.random.chance(0.3)) {
      this.note(shopper, 'add', phase, { ...line, key, status: 0, abandoned: true });
      if (this.random.chance(0.2)) return;
      this.shop.add(buyerOf(shopper), key, line);
    }
    this.note(shopper, 'add', phase, { ...line, key });
  }

  askOf(shopper: string, paymentMethod: Ask['paymentMethod']): Ask {
    const canary = canaryOf(shopper);
    const lines = this.shop.cart(buyerOf(shopper)).map(({ sku, quantity }) => ({ sku, quantity, price: this.shop.stock.priceOf(sku) }));
    const shippingMethod = this.random.pick(['standard', 'express'] as const);
    const expectedTotal = { amount: totalsOf(lines, shippingMethod).total, currency: 'GBP' };
    return { email: `${PREFIX}.${canary}@example.com`, name: `Ada ${canary}`, line1: `${(this.#count += 1)} ${canary} Row`, paymentMethod, shippingMethod, expectedTotal };
  }

  /** The first ok, by any of several calls with one key. */
  order(shopper: string, phase: Phase, paymentMethod: Ask['paymentMethod'], key = `${shopper}-${(this.#count += 1)}`): Call | undefined {
    const { random, shop } = this;
    const ask = this.askOf(shopper, paymentMethod);
    const lines = shop.cart(buyerOf(shopper)).map(({ sku, quantity }) => ({ sku, quantity }));
    if (lines.length === 0) return undefined;
    const closing = phase === 'closing';
    const place = (atOnce: boolean, payload = ask) => {
      const answer = shop.place(buyerOf(shopper), key, payload, { atOnce, closing });
      this.note(shopper, 'order', phase, { key, ask: payload, lines, ...this.heard(answer) });
    };
    place(false);
    for (let again = random.int(0, 2); again > 0; again -= 1) place(again === 2 || random.chance(0.5));
    if (random.chance(0.2)) place(false, this.askOf(shopper, paymentMethod));
    return this.calls.find((call) => call.kind === 'order' && call.shopper === shopper && call.key === key && call.outcome === 'ok');
  }

  lookAt(shopper: string, phase: Phase, id: string): void {
    const order = this.shop.find(id);
    const behind = this.shop.has('replica behind') && this.random.chance(0.3);
    if (!order || behind) return this.note(shopper, 'read', phase, { order: id, status: 404, code: 'not-found' });
    const foreign = this.shop.has('order of somebody else shown') && this.random.chance(0.3) ? [canaryOf('w-0')] : [];
    this.note(shopper, 'read', phase, { order: id, state: order.state, ...(foreign.length > 0 && { foreign }) });
    this.note(shopper, 'list', phase, { orders: this.shop.orders.filter(({ buyer }) => buyer === buyerOf(shopper)).map((each) => ({ id: each.id, state: each.state })) });
  }

  payOrNot(shopper: string, id: string): void {
    const { random, shop } = this;
    if (random.chance(0.15)) return;
    if (random.chance(0.15)) return shop.forge(id);
    if (random.chance(0.15)) {
      shop.end(id);
      return this.note(shopper, 'cancel', 'rush', { order: id, state: shop.find(id)?.state ?? '' });
    }
    const payment = shop.pay(id, { late: random.chance(0.2) });
    this.note(shopper, 'pay', 'rush', { order: id, payment });
  }

  live(shopper: string): void {
    const { random, shop } = this;
    this.add(shopper, random.pick(['HOT', 'CUP']), 'rush');
    if (random.chance(0.5)) this.add(shopper, 'POT', 'rush');
    const method = random.pick(['card', 'on_delivery'] as const);
    const ok = this.order(shopper, 'rush', method, random.chance(0.2) ? 'a-key-of-many' : undefined);
    if (ok?.order === undefined) return;
    this.lookAt(shopper, 'rush', ok.order);
    if (method === 'card') this.payOrNot(shopper, ok.order);
    else if (random.chance(0.1)) this.#cancel(shopper, ok.order);
    this.lookAt(shopper, 'rush', ok.order);
    this.#clear(buyerOf(shopper));
    if (shop.has('cart ordered twice')) this.order(shopper, 'rush', 'on_delivery');
    this.add(shopper, 'POT', 'rush');
  }

  #cancel(shopper: string, id: string): void {
    this.shop.end(id);
    this.note(shopper, 'cancel', 'rush', { order: id, state: 'cancelled' });
  }

  #clear(buyer: string): void {
    for (const order of this.shop.orders) if (order.buyer === buyer && order.cartClearedAt !== null) this.shop.clear(order.id);
  }

  closing(): void {
    for (let i = 0; i < 8; i += 1) {
      const shopper = `${PREFIX}-closing-${i}`;
      this.add(shopper, i < 4 ? 'HOT' : 'CUP', 'closing');
      this.order(shopper, 'closing', 'on_delivery');
      this.#clear(buyerOf(shopper));
    }
  }

  world(): World {
    const before = this.shop.snapshot();
    for (let i = 0; i < SHOPPERS; i += 1) this.live(`${PREFIX}-${i}`);
    for (const order of this.shop.orders) if (order.cartClearedAt !== null) this.shop.clear(order.id);
    this.shop.rest();
    this.closing();
    const after = this.shop.snapshot();
    return { calls: this.calls, before, after, callsBefore: [], ledger: this.shop.provider.ledger, samples: [], mails: this.shop.mails, prefix: PREFIX };
  }
}

/** A whole schedule in a shop with these bugs. */
export function worldOf(seed: string, bugs: readonly Bug[] = []): World {
  return new Street(seed, bugs).world();
}

const canaries = new Map<string, string>();

function canaryOf(shopper: string): string {
  const canary = canaries.get(shopper) ?? `canary${new Random(shopper).letters(12)}`;
  canaries.set(shopper, canary);
  return canary;
}

function buyerOf(shopper: string): string {
  return `buyer of ${shopper}`;
}
