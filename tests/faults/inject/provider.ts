import { type Ledger, readLedger } from '../history/ledger.ts';
import type { Row } from '../matrix.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { evidenceIf, type Fault, type Heal } from './fault.ts';

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

/** What of a fault stands in the provider's books. */
type Trace = (ledger: Ledger) => number;

async function behave(target: Target, random: Random, rates: Rates, trace: Trace): Promise<Heal> {
  const begun = new Date();
  const count = async () => trace(await readLedger(target.sandbox(), begun));
  const before = await count();
  await tellProvider(target, 'PUT', '/sandbox/behaviour', { seed: random.int(1, 1e6), rates, slowMs: 2500, lateMs: 3000 });
  return async () => {
    // What is held back is sent now.
    await tellProvider(target, 'DELETE', '/sandbox/behaviour');
    const times = (await count()) - before;
    return evidenceIf(times > 0, `${times} times by the provider's books`);
  };
}

/** The books do not tell a slow answer, nor how often an event is sent: there, whatever the provider was asked or had to tell. */
const calls = (...outcomes: string[]): Trace => (ledger) => sum(ledger.calls.filter(({ outcome }) => outcomes.length === 0 || outcomes.includes(outcome)).map(({ count }) => count));
const events: Trace = (ledger) => ledger.events.length;
const lies = (...which: string[]): Trace => (ledger) => ledger.events.filter(({ lie }) => lie !== undefined && which.includes(lie)).length;
const payments: Trace = (ledger) => sum(ledger.calls.filter(({ route }) => route.startsWith('POST /pay/')).map(({ count }) => count));
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

const fault = (name: string, row: Row, rates: Rates, trace: Trace): Fault => ({
  name: `provider: ${name}`, row, on: 'sandbox', inject: (target, random) => behave(target, random, rates, trace),
});

export const providerFaults: Fault[] = [
  fault('slow and silent', '3.4 10 s answer / never answers', { slow: 0.3, silent: 0.3 }, calls('silence')),
  fault('answers lost', '3.4 Charged but response lost', { lostAnswer: 0.4 }, calls('lost-answer', 'silence')),
  fault('500 and 429', '3.4 500 / 429', { error500: 0.2, error429: 0.15, storedError: 0.1 }, calls('500', '429')),
  fault('declines', '3.4 Decline', { declined: 0.5 }, payments),
  fault('webhooks early, late and never', '3.4 Webhook early, doubled, reversed, late', { webhookEarly: 0.2, webhookLate: 0.3, webhookNever: 0.3 }, events),
  fault('webhook storm', '3.4 Webhook early, doubled, reversed, late', { webhookFiveTimes: 0.5, webhookReversed: 0.3 }, events),
  fault('forged webhooks', '3.4 Forged, stale, replayed, unknown order', { webhookForged: 0.4 }, lies('forged')),
  fault('another amount or currency', '3.4 Another amount or currency', { webhookDisagrees: 0.4 }, lies('disagrees')),
  fault('everything at once', 'none of the matrix', { slow: 0.05, silent: 0.02, error500: 0.05, error429: 0.02, lostAnswer: 0.05, declined: 0.05, webhookLate: 0.1, webhookNever: 0.05, webhookFiveTimes: 0.1, webhookReversed: 0.1, webhookForged: 0.1 }, calls()),
];
