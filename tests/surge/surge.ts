import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../infra/local/src/home.ts';
import { surgeOf, TIMES } from './plan/schedule.ts';
import { summarise, type Summary } from './record/summary.ts';
import { type Finding, isValid, judge, MOST_LATE_MS } from './record/verdict.ts';
import { aborting, driveSurge, measureCapacity, type Stage } from './run.ts';
import { canPin } from '../../infra/local/src/system/processors.ts';
import { pageOf } from './show/page.ts';

/** Times its capacity that the surge is; normal traffic is a tenth of that. */
const OVER_CAPACITY = 2.5;

export interface SurgeResult {
  summary: Summary;
  findings: Finding[];
  facts: string[];
  valid: boolean;
}

/** Visits a second in normal times, so that ten times as many are two and a half times what the shop can do without caches. */
export function normalRate(capacity: { rate: number }): number {
  return (capacity.rate * OVER_CAPACITY) / TIMES;
}

/** Capacity, then the surge, then the verdict. */
export async function surge(stage: Stage): Promise<SurgeResult> {
  const capacity = await measureCapacity(stage);
  return surgeAt(stage, capacity);
}

/** The surge on a filled shop whose capacity is known. */
export async function surgeAt(stage: Stage, capacity: { rate: number; goodput: number }, name = 'surge'): Promise<SurgeResult> {
  const { shop, options, signal, say } = stage;
  await aborting(signal, shop.start(options.without));
  const phases = surgeOf(normalRate(capacity), options.lengths);
  const { crowd, wrong } = await driveSurge(stage, phases, `${name}-${options.seed}.example`);
  const summary = summarise(crowd, phases);
  const findings = judge({ summary, peakGoodput: capacity.goodput, wrongInTheBooks: wrong });
  const valid = isValid(summary);
  const facts = factsOf(stage, capacity, summary);
  const folder = join(ROOT, '.emall/surge');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.html`), pageOf({ title: `A surge of ten times the usual${options.without.length > 0 ? `, without ${options.without.join(', ')}` : ''}`, facts, findings, crowd, phases }));
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ facts, findings, valid, summary }, null, 2)}\n`);
  say(['', ...facts, '', ...findings.map(({ promise, bar, seen, kept }) => `${kept ? 'kept  ' : 'BROKEN'}  ${promise}: ${seen} (${bar})`), '', `Charts: ${join(folder, `${name}.html`)}`].join('\n'));
  if (!valid) say(`The run is invalid: the generator itself was ${summary.latenessP99.toFixed(0)} ms late at p99, more than ${MOST_LATE_MS} ms.`);
  return { summary, findings, facts, valid };
}

function factsOf({ options }: Pick<Stage, 'options'>, capacity: { rate: number; goodput: number }, summary: Summary): string[] {
  const { transactions: { begun, ordered, refused, lost, whys }, outcomes, latency, bots } = summary;
  const { normal, ramp, surge, back } = options.lengths;
  return [
    `Seed ${options.seed}. ${canPin() ? 'The shop runs on processor 0, the generator on processor 1.' : 'Nothing is pinned to a processor.'}`,
    `Capacity without caches: ${capacity.rate.toFixed(1)} visits and ${capacity.goodput.toFixed(0)} good answers a second. The surge is ${(normalRate(capacity) * TIMES).toFixed(1)} visits a second, ${OVER_CAPACITY} times as many; ${normal} s normal, ${ramp} s rising, ${surge} s held, ${back} s back.`,
    `${summary.visits} visits, ${summary.offered} calls: ${outcomes.good} in time, ${outcomes.late} late, ${outcomes.shed} turned away (p99 ${summary.refusalP99.toFixed(0)} ms), ${outcomes.failed} failed; ${summary.cached} fresh and ${summary.stale} stale from the edge's cache.`,
    `${begun} checkouts begun: ${ordered} orders, ${refused} truly refused, ${lost} lost.${Object.entries(whys).map(([why, times]) => ` ${why}: ${times}.`).join('')}`,
    `Latency from the intended start: p99 ${latency.normalP99.toFixed(0)} ms in normal times (worst three seconds ${latency.normalWorstP99.toFixed(0)} ms); in the surge p50 ${latency.surgeP50.toFixed(0)}, p99 ${latency.surgeP99.toFixed(0)} ms.`,
    `The generator was ${summary.latenessP99.toFixed(1)} ms late at p99 (a run is valid up to ${MOST_LATE_MS}).`,
    ...(options.bots > 0 ? [`${options.bots} scrapers: ${bots.good} calls answered, ${bots.shed} turned away, ${bots.failed} failed.`] : []),
  ];
}
