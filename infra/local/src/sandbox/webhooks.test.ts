import { describe, expect, it } from '@jest/globals';
import { type Behaviour, type Delivery, wellBehaved } from './behaviour.ts';
import { listener, open, secret, sessionFields, until } from './testing.ts';
import { sign } from './webhooks.ts';

type Heard = Awaited<ReturnType<typeof listener>>['received'][number];

/** Signed by who knows the shop's secret. */
function isHonest({ body, signature }: Heard): boolean {
  return signature === sign(body, secret, Number(/t=(\d+)/.exec(signature)?.[1]));
}

const objectOf = ({ body }: Heard) => JSON.parse(body).data.object;

/** A session, with the deliveries of each type of event. */
async function session(deliveries: Record<string, Delivery[]>, { answer, onOpened = wellBehaved.onOpened }: { answer?: () => number; onOpened?: Behaviour['onOpened'] } = {}) {
  const { url, received } = await listener(answer);
  const behaviour: Behaviour = { ...wellBehaved, onEvent: ({ type }) => deliveries[type] ?? [{ afterMs: 0 }], onOpened };
  const sandbox = await open({ webhookUrl: url, behaviour });
  const { id } = (await sandbox.post('/checkout/sessions', sessionFields())).json() as { id: string };
  const event = async (index = 0) => (await sandbox.ledger()).events[index];
  const refund = async () => await sandbox.post('/refunds', { payment_intent: (await sandbox.get(`/checkout/sessions/${id}`)).json().payment_intent, amount: '1000', 'metadata[refund]': 'r1' });
  return { ...sandbox, id, received, event, refund };
}

const completed = 'checkout.session.completed';

describe('a webhook', () => {
  it('is signed, and repeated until it is acknowledged', async () => {
    const answers = [500, 302, 429, 200];
    const { id, pay, event, received } = await session({}, { answer: () => answers.shift() ?? 200 });
    await pay(id);
    await until(async () => (await event()).acknowledged);
    expect(received.map(({ type }) => type)).toEqual([completed, completed, completed, completed]);
    expect(received.every(isHonest)).toBe(true);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ object: 'event', data: { object: { id, status: 'complete' } } });
    expect(await event()).toMatchObject({ attempts: 4, ended: true, order: 'o1' });
  });

  it('is given up after eight refusals', async () => {
    const { id, pay, event, control, received } = await session({}, { answer: () => 400 });
    await pay(id);
    await until(async () => {
      await control('DELETE', '/behaviour');
      return (await event()).ended;
    });
    expect(await event()).toMatchObject({ attempts: 8, acknowledged: false });
    expect(received).toHaveLength(8);
  });

  it('that is early arrives before the answer to what caused it', async () => {
    const { id, pay, received, refund } = await session({ [completed]: [{ afterMs: 0, early: true }], 'refund.created': [{ afterMs: 0, early: true }] });
    await pay(id);
    expect(received.map(({ type }) => type)).toEqual([completed]);
    await refund();
    expect(received.map(({ type }) => type)).toContain('refund.created');
  });

  it('that is reversed arrives after the next one of its session', async () => {
    const { id, pay, refund, received } = await session({ [completed]: [{ afterMs: 600_000, reversed: true }] });
    await pay(id);
    expect(received).toEqual([]);
    await refund();
    await until(() => received.length === 3);
    expect(received.map(({ type }) => type).at(-1)).toBe(completed);
  });

  it('that is reversed waits for no other for ever', async () => {
    const { id, pay, received } = await session({ [completed]: [{ afterMs: 200, reversed: true }] });
    await pay(id);
    await until(() => received.length === 1);
  });

  it('that comes five times is the same each time', async () => {
    const { id, pay, event, received } = await session({ [completed]: [0, 0, 0, 50, 200].map((afterMs) => ({ afterMs })) });
    await pay(id);
    await until(async () => (await event()).ended);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect([received.length, (await event()).attempts]).toEqual([5, 5]);
  });

  it('of a refund carries what the shop wrote on the refund', async () => {
    const { id, pay, refund, received } = await session({});
    await pay(id);
    await refund();
    await until(() => received.length === 3);
    const told = received.find(({ type }) => type === 'refund.created');
    expect(told && objectOf(told)).toMatchObject({ amount: 1000, metadata: { refund: 'r1' }, status: 'succeeded' });
  });
});

describe('a lie', () => {
  it('that is forged tells the opposite, once, whatever it is answered', async () => {
    const { id, pay, received, ledger } = await session({ [completed]: [{ afterMs: 0, forged: true }, { afterMs: 0 }] }, { answer: () => 400 });
    await pay(id);
    await until(async () => (await ledger()).events.some(({ lie, ended }: { lie?: string; ended: boolean }) => lie === 'forged' && ended));
    const forged = received.filter((heard) => !isHonest(heard));
    expect(forged.map(objectOf)).toMatchObject([{ id, status: 'expired', payment_status: 'unpaid' }]);
    expect(forged[0]?.type).toBe('checkout.session.expired');
  });

  it('that is forged for a session just opened says that it was paid', async () => {
    const { id, received, ledger } = await session({}, { onOpened: () => ({ forgeryAfterMs: 0 }) });
    await until(() => received.length === 1);
    expect(received.map((heard) => [isHonest(heard), heard.type, objectOf(heard).id, objectOf(heard).payment_status])).toEqual([[false, completed, id, 'paid']]);
    expect((await ledger()).charges).toEqual([]);
  });

  it('that disagrees is signed well and tells another amount or currency', async () => {
    const { id, pay, refund, received } = await session({
      [completed]: [{ afterMs: 0, disagrees: 'currency' }, { afterMs: 0 }],
      'refund.created': [{ afterMs: 0, disagrees: 'amount' }],
    });
    await pay(id);
    await refund();
    await until(() => received.length === 4);
    expect(received.every(isHonest)).toBe(true);
    const told = (type: string) => received.filter((heard) => heard.type === type).map(objectOf).map(({ amount_total: total, amount, currency }) => `${total ?? amount} ${currency}`);
    expect(told(completed).toSorted()).toEqual(['2500 gbp', '2500 usd']);
    expect(told('refund.created')).toEqual(['999 gbp']);
  });
});
