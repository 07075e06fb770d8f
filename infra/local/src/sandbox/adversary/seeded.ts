import type { Behaviour, CallFault, Delivery } from '../behaviour.ts';
import { randomStream } from './random.ts';
import type { AdversarySettings, Rates } from './settings.ts';

/**
 * Faults by chance. Every route and every type of event has a stream of numbers of its own, so that the n-th call of a
 * route meets the same fault for the same seed, whatever else was going on.
 */
export function seededBehaviour({ seed, rates, slowMs, lateMs }: AdversarySettings): Behaviour {
  const streams = new Map<string, () => number>();
  const draw = (name: string): number => {
    const stream = streams.get(name) ?? randomStream(seed, name);
    streams.set(name, stream);
    return stream();
  };
  const happens = (rate: keyof Rates, name: string) => draw(`${rate} ${name}`) < (rates[rate] ?? 0);

  const callFaults: Choice<CallFault>[] = [
    [rates.slow, { kind: 'slow', ms: slowMs }],
    [rates.silent, { kind: 'silence', after: 'nothing' }],
    [rates.error500, { kind: 'answer', status: 500 }],
    [rates.error429, { kind: 'answer', status: 429 }],
    [rates.storedError, { kind: 'stored-error' }],
    [half(rates.lostAnswer), { kind: 'lost-answer' }],
    [half(rates.lostAnswer), { kind: 'silence', after: 'work' }],
  ];
  const deliveries: Choice<Delivery[]>[] = [
    [rates.webhookEarly, [{ afterMs: 0, early: true }]],
    [rates.webhookLate, [{ afterMs: lateMs }]],
    [rates.webhookNever, []],
    [rates.webhookFiveTimes, [0, 0, 0, lateMs / 4, lateMs].map((afterMs) => ({ afterMs }))],
    [rates.webhookReversed, [{ afterMs: lateMs, reversed: true }]],
  ];

  return {
    async onCall({ method, route }) {
      if (!route.startsWith('/pay/')) return choose(draw(`${method} ${route}`), callFaults);
      return method === 'POST' && happens('declined', route) ? { kind: 'declined' } : undefined;
    },
    onEvent({ type }) {
      const lies: Delivery[] = [];
      if (happens('webhookForged', type)) lies.push({ afterMs: 0, forged: true });
      if (happens('webhookDisagrees', type)) lies.push({ afterMs: 0, disagrees: draw(`disagrees ${type}`) < 0.5 ? 'amount' : 'currency' });
      return [...lies, ...(choose(draw(type), deliveries) ?? [{ afterMs: 0 }])];
    },
    onOpened() {
      const forgeryAfterMs = draw('forgery after') * 1000;
      return happens('webhookForged', 'opened') ? { forgeryAfterMs } : undefined;
    },
  };
}

type Choice<T> = [rate: number | undefined, choice: T];

function choose<T>(drawn: number, choices: Choice<T>[]): T | undefined {
  let below = 0;
  return choices.find(([rate = 0]) => drawn < (below += rate))?.[1];
}

const half = (rate: number | undefined) => (rate ?? 0) / 2;
