import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Call } from '../history/call.ts';
import type { OrderRow, Snapshot } from '../history/rows.ts';
import { check } from './check.ts';
import { worldOf } from './testing/model-street.ts';
import { readWorld, type World, writeWorld } from './world.ts';

type Mutable = { -readonly [Name in keyof World]: Name extends 'calls' ? Call[] : Name extends 'before' | 'after' ? Snapshot : World[Name] extends readonly (infer Item)[] ? Item[] : World[Name] };

const GOOD = worldOf('a world to be spoilt');
const { after } = GOOD;

function found(change: (world: Mutable) => void): string[] {
  const world = structuredClone(GOOD) as Mutable;
  change(world);
  return check(world).map(({ invariant, what }) => `${invariant} ${what}`);
}

const one = <T>(list: readonly T[], which: (item: T) => boolean): T => {
  const item = list.find(which);
  if (item === undefined) throw new Error('the world has nothing like that');
  return item;
};
const orderIn = (world: Mutable, which: (order: OrderRow) => boolean) => one(world.after.orders, which);
const okCall = (world: Mutable, which: (call: Call) => boolean = () => true) => one(world.calls, (call) => call.kind === 'order' && call.outcome === 'ok' && which(call));

/** An order whose hold ran out. */
const lapsed = (world: Mutable) => orderIn(world, ({ id, holdUntil, state }) => state === 'cancelled' && holdUntil !== null && ![...world.ledger.charges, ...world.calls.filter(({ kind }) => kind === 'cancel')].some(({ order }) => order === id));

const accepted = ({ state }: OrderRow) => state === 'accepted';
const paid = ({ state }: OrderRow) => state === 'paid';
const ended = ({ state }: OrderRow) => state === 'cancelled';

/** What of the records is spoilt, what the checker must say, and how it is spoilt. */
const SPOILT: [string, string, (world: Mutable) => void][] = [
  ['stock below nothing for a moment', 'I1 HOT had -1 on hand', ({ samples }) => samples.push({ at: 5, sku: 'HOT', onHand: -1, reserved: 0 })],
  ['more reserved than there is for a moment', 'I1 HOT had 3 on hand and 4 reserved', ({ samples }) => samples.push({ at: 5, sku: 'HOT', onHand: 3, reserved: 4 })],
  ['a unit that went nowhere', 'I2 of 500 CUP', (world) => void (one(world.after.stock, ({ sku }) => sku === 'CUP').onHand -= 1)],
  ['a count of reserved units without a hold', 'I2 1 of CUP are reserved', (world) => void (one(world.after.stock, ({ sku }) => sku === 'CUP').reserved = 1)],
  ['a hold of nobody', 'I2 the hold of order ghost, which is not there', (world) => world.after.reservations.push({ order: 'ghost', state: 'held', expiresAt: 0, lines: [] })],
  ['a sale whose stock is not committed', 'stock is not committed line by line', (world) => void (one(world.after.reservations, ({ state }) => state === 'committed').state = 'released')],
  ['a charge without an order', 'I3 900 was charged for order lost', ({ ledger }) => {
    ledger.sessions.push({ id: 'cs', order: 'lost', status: 'complete', amount: 900, currency: 'gbp', email: 'w.canaryxxxxxxxxxxxx@example.com' });
    ledger.charges.push({ id: 'ch', order: 'lost', amount: 900, currency: 'gbp', status: 'succeeded', created: 1 });
  }],
  ['a charge in another currency', 'in USD and given back 0', (world) => void (one(world.ledger.charges, ({ order }) => orderIn(world, ({ id }) => id === order).state === 'paid').currency = 'usd')],
  ['more given back than was charged', 'given back more', (world) => void world.ledger.refunds.push({ id: 're', order: orderIn(world, paid).id, amount: 1_000_000, currency: 'gbp' })],
  ['an account that the provider does not confirm', "by the shop's account", (world) => void (one(world.after.payments, ({ state }) => state === 'paid').received += 1)],
  ['money that went back in another currency', 'by the provider', (world) => void (one(world.ledger.refunds, () => true).currency = 'usd')],
  ['a refund that the provider knows under another name', 'and nothing by the provider', (world) => void (one(world.after.refunds, () => true).providerId = 're_other')],
  ['a refund that the shop knows nothing of', 'and the shop knows nothing of it', ({ after: { refunds } }) => void refunds.splice(0, 1)],
  ['money that was promised and did not go back', 'was promised 5', (world) => void (one(world.after.payments, ({ state }) => state === 'paid').promised = 5)],
  ['a payment of another amount than the order', 'was to be paid with 1', (world) => void (one(world.after.payments, ({ state }) => state === 'paid').amount = 1)],
  ['two payloads of one key, one of them unanswered', 'made orders of 2 payloads', (world) => {
    const ok = okCall(world, ({ order }) => after.orders.some((each) => each.id === order && accepted(each)));
    const twin = { ...orderIn(world, ({ id }) => id === ok.order), id: 'twin', line1: '2 Twin Row' };
    world.after.orders.push(twin);
    world.calls.push({ ...ok, ask: { ...ok.ask, line1: twin.line1 } as NonNullable<Call['ask']>, outcome: 'info', status: 0 });
  }],
  ['a key that is not there', 'and is not there', (world) => world.after.keys.splice(0)],
  ['a key that keeps another answer', 'and keeps 201 other', (world) => void (one(world.after.keys, ({ status }) => status === 201).body = 'other')],
  ['a refusal that another answer is kept for', 'was answered 409', (world) => void (one(world.after.keys, ({ status }) => status === 409).status = 422)],
  ['a failure that is kept', 'keeps an answer of 500', (world) => void (one(world.after.keys, () => true).status = 500)],
  ['an answer for two keys', 'is what the keys', (world) => world.after.keys.push({ ...one(world.after.keys, ({ status }) => status === 201), buyer: 'x', key: 'k' })],
  ['an answer with an order of nobody', 'which is not there', (world) => world.after.keys.push({ buyer: 'x', key: 'k', status: 201, body: '{"id":"gone"}', abandoned: false })],
  ['a sale without an answer', 'and no key answers with it', (world) => world.after.keys.splice(0)],
  ['an order that nobody was answered, of other things than asked', 'has the lines', (world) => {
    const ok = okCall(world, ({ order }) => after.orders.some((each) => each.id === order && accepted(each)));
    one(orderIn(world, ({ id }) => id === ok.order).lines, () => true).quantity += 1;
    for (const call of world.calls) if (call.kind === 'order' && call.ask?.line1 === ok.ask?.line1) Object.assign(call, { outcome: 'info', status: 0, order: undefined });
  }],
  ['a paid order that ends by itself', 'was paid while it was held', (world) => void (orderIn(world, paid).state = 'refunded')],
  ['a payment in the last second of a hold that was not kept', 'was paid while it was held', (world) => {
    const order = orderIn(world, paid);
    order.state = 'refunded';
    for (const charge of world.ledger.charges) charge.created = (order.holdUntil ?? 0) / 1000;
    for (const call of world.calls) if (call.order === order.id && call.payment === 'paid') call.end = order.holdUntil ?? 0;
  }],
  ['an order that ends before its hold', 'ms before its hold', (world) => {
    const order = lapsed(world);
    order.changedAt = (order.holdUntil ?? 0) - 1;
  }],
  ['a session that ends before the hold', 'could not be paid any more', (world) => {
    const { id, holdUntil } = lapsed(world);
    world.ledger.events.push({ id: 'evt_end', order: id, type: 'checkout.session.expired', created: Math.floor((holdUntil ?? 0) / 1000) - 1, acknowledged: false, ended: true });
  }],
  ['a page that turns a shopper away before the hold ends', 'was said to be over', (world) => {
    const { id, placedAt } = lapsed(world);
    world.calls.push({ ...one(world.calls, () => true), kind: 'pay', order: id, payment: 'ended', end: placedAt + 1 });
  }],
  ['an order that nobody asked for', 'I5 nobody asked for order', (world) => world.after.orders.push({ ...orderIn(world, accepted), id: 'unasked', line1: '1 Nobody Row' })],
  ['a second order of one key', 'I5 key', (world) => world.after.orders.push({ ...orderIn(world, accepted), id: 'second' })],
  ['an answer that names another order', 'I5 key', (world) => void (okCall(world).order = 'other')],
  ['an order with other lines', 'has the lines', (world) => void (orderIn(world, accepted).lines[0] = { sku: 'CUP', quantity: 77, price: 450 })],
  ['an order that goes to another house', 'goes to', (world) => void (orderIn(world, accepted).email = 'eve@example.com')],
  ['an order of another buyer', 'belongs to buyer of eve', (world) => void (orderIn(world, accepted).buyer = 'buyer of eve')],
  ['an order that costs more than was agreed', 'instead of', (world) => void (orderIn(world, accepted).total += 1)],
  ['an acknowledged order that was ended by nobody', 'is cancelled, and nobody cancelled it', (world) => void (orderIn(world, (order) => accepted(order) && world.calls.some(({ order: id, outcome, kind }) => id === order.id && outcome === 'ok' && kind === 'order')).state = 'cancelled')],
  ['a refusal of what was done', 'I7 key', (world) => {
    const { shopper, key } = okCall(world, ({ order }) => after.orders.some((each) => each.id === order && accepted(each)));
    for (const call of world.calls) if (call.kind === 'order' && call.shopper === shopper && call.key === key && call.outcome === 'ok') Object.assign(call, { outcome: 'fail', status: 409, code: 'out-of-stock' });
  }],
  ['a job that is left', 'I8 job send-confirmation', (world) => world.after.jobs.push({ task: 'send-confirmation', payload: {}, attempts: 1, maxAttempts: 9, lastError: null })],
  ['a refund that is open', 'I8 a refund', (world) => world.after.refunds.push({ order: 'x', amount: 1, currency: 'GBP', state: 'open', providerId: null })],
  ['an event that is not processed', 'is not processed', (world) => void (one(world.after.events, () => true).processed = false)],
  ['a key without an answer', 'has no answer and is not abandoned', (world) => world.after.keys.push({ buyer: 'x', key: 'k', status: null, body: null, abandoned: false })],
  ['stock whose return is not confirmed', 'its stock releasing', (world) => void (orderIn(world, ended).stock = 'releasing')],
  ['a payment that goes on being returned', 'is refunding', (world) => void (one(world.after.payments, () => true).state = 'refunding')],
  ['a cart that was never cleared', 'its cart not cleared', (world) => void (orderIn(world, paid).cartClearedAt = null)],
  ['an unanswered payment that was taken', 'never got an answer', (world) => {
    const { order } = okCall(world, ({ order: id }) => after.orders.some((each) => each.id === id && ended(each) && each.paymentMethod === 'card'));
    const { line1 } = orderIn(world, ({ id }) => id === order);
    for (const call of world.calls) if (call.kind === 'order' && call.ask?.line1 === line1) Object.assign(call, { outcome: 'info', status: 0 });
    world.ledger.charges.push({ id: 'ch', order: order ?? '', amount: 5, currency: 'gbp', status: 'succeeded', created: 1 });
  }],
  ['half a unit', 'I9', (world) => void (one(orderIn(world, accepted).lines, () => true).quantity = 0.5)],
  ['free delivery for little', 'I9', (world) => void (orderIn(world, ({ items, shipping }) => items < 5000 && shipping === 395).shipping = 0)],
  ['tax that is not within the total', 'of tax', (world) => void (orderIn(world, accepted).tax += 1)],
  ["somebody else's order that is shown", 'I10', ({ calls }) => calls.push({ ...one(calls, ({ kind }) => kind === 'read'), kind: 'peek', order: 'x' })],
  ["somebody else's order in the list", 'in the list', (world) => {
    const mine = one(world.calls, ({ kind }) => kind === 'list');
    mine.orders?.push({ id: orderIn(world, ({ name }) => !name.includes(mine.canary)).id, state: 'paid' });
  }],
  ["a mail that tells of somebody else", 'holds canary', ({ mails, calls }) => {
    const mail = one(mails, () => true);
    mail.text += one(calls, ({ canary }) => !mail.to.includes(canary)).canary;
  }],
  ['an order that misses in the list', 'did not find it', (world) => void (one(world.calls, ({ kind, orders }) => kind === 'list' && orders?.length === 1).orders = [])],
  ['an order that is in an earlier state again', 'and later awaiting_payment', ({ calls }) => {
    const seen = one(calls, ({ kind, state }) => kind === 'read' && state === 'paid');
    calls.push({ ...seen, start: seen.end + 1, end: seen.end + 2, state: 'awaiting_payment' });
  }],
  ['an order that was paid and is not in the end', 'in the end', (world) => {
    const { order } = one(world.calls, ({ kind, state }) => kind === 'read' && state === 'paid');
    orderIn(world, ({ id }) => id === order).state = 'awaiting_payment';
  }],
  ['a mail to somebody else', 'was confirmed to', ({ mails }) => void (one(mails, () => true).to = 'eve@example.com')],
  ['a mail about nothing', 'confirms no order', ({ mails }) => mails.push({ file: 'nothing.eml', to: 'w.ada@example.com', messageId: '<n>', text: '' })],
  ['two mails of one name', 'are both called', ({ mails }) => {
    for (const mail of mails.slice(0, 2)) mail.messageId = '<same>';
  }],
  ['an event that the provider never sent', 'the provider knows of none', (world) => void (one(world.after.events, () => true).id = 'evt_from_nowhere')],
  ['an event that disagreed and decided', 'disagreed with what was agreed on', (world) => {
    const event = one(world.after.events, ({ outcome }) => outcome === 'paid');
    one(world.ledger.events, ({ id }) => id === event.id).lie = 'disagrees';
    world.ledger.charges = world.ledger.charges.filter(({ order }) => order !== event.order);
  }],
  ['a refund that was told, acknowledged and lost', 'was acknowledged, and not stored', ({ after: { events } }) => void events.splice(events.findIndex(({ type }) => type === 'charge.refunded'), 1)],
  ['a mail again and again', 'was confirmed 4 times', ({ mails }) => void mails.push(...Array.from({ length: 3 }, () => one(mails, () => true)))],
  ['a mail twice where nothing was broken', 'was confirmed 2 times', (world) => {
    world.calm = true;
    world.mails.push(one(world.mails, () => true));
  }],
  ['reservations without end', 'reservations of stock', (world) => void (world.after.reserves += 500)],
  ['a tenth too much where nothing was broken', 'calls of POST /v1/checkout/sessions', (world) => {
    world.calm = true;
    const cards = world.calls.filter(({ kind, ask }) => kind === 'order' && ask?.paymentMethod === 'card').length;
    world.ledger.calls = [{ route: 'POST /v1/checkout/sessions', outcome: '200', count: Math.ceil(cards * 1.1) + 6 }];
  }],
  ...['GET /v1/checkout/sessions/:id', 'POST /v1/checkout/sessions/:id/expire', 'POST /v1/refunds', 'GET /v1/refunds'].flatMap((route): typeof SPOILT => [
    [`answers without end to ${route}`, `answers to ${route}`, ({ ledger }) => ledger.calls.push({ route, outcome: '200', count: 500 })],
    [`failures without end of ${route}`, `calls of ${route}`, ({ ledger }) => ledger.calls.push({ route, outcome: 'silence', count: 2000 })],
  ]),
  ['claims that nobody counts', 'no claims of a key were counted', (world) => void (world.after.claims = 0)],
  ['reservations that nobody counts', 'no reservations of stock were counted', (world) => void (world.after.reserves = 0)],
  ['claims without end', 'claims of a key', (world) => void (world.after.claims *= 2)],
];

describe('every clause of the checker', () => {
  it.each(SPOILT)('notices %s', (_what, said, spoil) => {
    expect(found(spoil).join('\n')).toContain(said);
  });

  it('says the same of a world that was kept', () => {
    const world = worldOf('a world to be kept', ['double charge']);
    const folder = mkdtempSync(join(tmpdir(), 'emall-world-'));
    try {
      writeWorld(join(folder, 'world.json'), world);
      expect(check(readWorld(join(folder, 'world.json')))).toEqual(check(world));
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(check(world)).not.toEqual([]);
  });

  it('says nothing of a world that nobody spoilt', () => {
    expect(found(() => {})).toEqual([]);
  });

  it('takes it that statistics which went back were lost with the server', () => {
    expect(found((world) => Object.assign(world.before, { claims: world.after.claims + 1 }))).toEqual([]);
  });
});
