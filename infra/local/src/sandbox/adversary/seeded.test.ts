import { describe, expect, it } from '@jest/globals';
import type { Behaviour } from '../behaviour.ts';
import { seededBehaviour } from './seeded.ts';
import { type Rates, readSettings } from './settings.ts';

const behaviour = (rates: Rates, seed = 7) => seededBehaviour(readSettings({ seed, rates }));
const sessions = { method: 'POST', route: '/v1/checkout/sessions', idempotencyKey: undefined };
const lookUp = { ...sessions, method: 'GET', route: '/v1/checkout/sessions/:id' };
const completed = { id: 'evt_1', type: 'checkout.session.completed' };

async function calls(of: Behaviour, count: number, between: () => unknown = () => undefined) {
  const faults = [];
  for (let i = 0; i < count; i++) {
    faults.push(await of.onCall(sessions));
    await between();
  }
  return faults;
}

const busy: Rates = { slow: 0.1, silent: 0.1, error500: 0.1, error429: 0.1, storedError: 0.1, lostAnswer: 0.2 };
const troubled: Rates = { webhookEarly: 0.1, webhookLate: 0.1, webhookNever: 0.1, webhookFiveTimes: 0.1, webhookReversed: 0.1, webhookForged: 0.3, webhookDisagrees: 0.3 };

describe('faults by chance', () => {
  it('are the same for the same seed and the same calls, whatever else goes on', async () => {
    const one = await calls(behaviour(busy), 200);
    const noisy = behaviour({ ...busy, ...troubled });
    expect(await calls(noisy, 200, async () => (noisy.onEvent(completed), await noisy.onCall(lookUp)))).toEqual(one);
    expect(await calls(behaviour(busy, 8), 200)).not.toEqual(one);
  });

  it('are the same for the same seed and the same events', () => {
    const events = (of: Behaviour) => Array.from({ length: 200 }, () => [of.onEvent(completed), of.onOpened()]);
    expect(events(behaviour(troubled))).toEqual(events(behaviour(troubled)));
    expect(events(behaviour(troubled, 8))).not.toEqual(events(behaviour(troubled)));
  });

  it('come as often as their rates say', async () => {
    const counts = new Map<string, number>();
    for (const fault of await calls(behaviour(busy), 10_000)) {
      const what = fault === undefined ? 'none' : [fault.kind, 'status' in fault && fault.status, 'after' in fault && fault.after].filter(Boolean).join(' ');
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    // Half of the lost answers are cut off, half are silence after the work.
    const expected = { none: 3000, slow: 1000, 'silence nothing': 1000, 'answer 500': 1000, 'answer 429': 1000, 'stored-error': 1000, 'lost-answer': 1000, 'silence work': 1000 };
    expect([...counts.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [what, count] of Object.entries(expected)) expect(Math.abs((counts.get(what) ?? 0) - count)).toBeLessThan(200);
  });

  it.each<[keyof Rates, object[]]>([
    ['webhookEarly', [{ afterMs: 0, early: true }]],
    ['webhookLate', [{ afterMs: 4000 }]],
    ['webhookNever', []],
    ['webhookFiveTimes', [0, 0, 0, 1000, 4000].map((afterMs) => ({ afterMs }))],
    ['webhookReversed', [{ afterMs: 4000, reversed: true }]],
    ['webhookForged', [{ afterMs: 0, forged: true }, { afterMs: 0 }]],
    ['webhookDisagrees', [{ afterMs: 0, disagrees: expect.stringMatching(/^(amount|currency)$/) }, { afterMs: 0 }]],
  ])('make every event suffer when the rate of %s is 1', (rate, deliveries) => {
    expect(behaviour({ [rate]: 1 }).onEvent(completed)).toEqual(deliveries);
  });

  it('decline cards on the page and nowhere else', async () => {
    const { onCall } = behaviour({ declined: 1 });
    expect(await onCall({ ...sessions, route: '/pay/:id' })).toEqual({ kind: 'declined' });
    expect([await onCall({ ...lookUp, route: '/pay/:id' }), await onCall(sessions)]).toEqual([undefined, undefined]);
  });

  it('leave the payment page alone otherwise', async () => {
    expect(await behaviour({ error500: 1 }).onCall({ ...sessions, route: '/pay/:id' })).toBeUndefined();
  });
});
