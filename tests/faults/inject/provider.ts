import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import type { Fault, Heal } from './fault.ts';

/** What the sandbox does by probability; see `infra/local/src/sandbox`. */
export type Rates = Record<string, number>;

export async function tellProvider(target: Target, method: 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  const answer = await fetch(`${target.sandbox()}${path}`, {
    method,
    headers: { authorization: `Bearer ${target.secrets().stripe.secretKey}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
}

async function behave(target: Target, random: Random, rates: Rates): Promise<Heal> {
  await tellProvider(target, 'PUT', '/sandbox/behaviour', { seed: random.int(1, 1e6), rates, slowMs: 2500, lateMs: 3000 });
  return () => tellProvider(target, 'DELETE', '/sandbox/behaviour');
}

const fault = (name: string, row: string, rates: Rates): Fault => ({ name: `provider: ${name}`, row: `3.4 ${row}`, on: 'sandbox', inject: (target, random) => behave(target, random, rates) });

export const providerFaults: Fault[] = [
  fault('slow and silent', '10 s answer / never answers', { slow: 0.3, silent: 0.2 }),
  fault('answers lost', 'Charged but response lost', { lostAnswer: 0.4 }),
  fault('500 and 429', '500 / 429', { error500: 0.2, error429: 0.15, storedError: 0.1 }),
  fault('declines', 'Decline', { declined: 0.5 }),
  fault('webhooks early, late and never', 'webhook', { webhookEarly: 0.2, webhookLate: 0.3, webhookNever: 0.3 }),
  fault('webhook storm', 'webhook', { webhookFiveTimes: 0.4, webhookReversed: 0.3, webhookForged: 0.3, webhookDisagrees: 0.2 }),
  fault('everything at once', '3.4', { slow: 0.05, silent: 0.02, error500: 0.05, error429: 0.02, lostAnswer: 0.05, declined: 0.05, webhookLate: 0.1, webhookNever: 0.05, webhookFiveTimes: 0.1, webhookReversed: 0.1, webhookForged: 0.1 }),
];
