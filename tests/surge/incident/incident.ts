import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Protection, protections } from '@emall/runtime';
import { ROOT } from '../../../infra/local/src/home.ts';
import { surgeOf } from '../plan/schedule.ts';
import { summarise, type Summary } from '../record/summary.ts';
import { type Finding, isValid, percent } from '../record/verdict.ts';
import { aborting, driveSurge, measureCapacity, type Stage } from '../run.ts';
import { pageOf } from '../show/page.ts';
import { normalRate } from '../surge.ts';
import { asTable, begunWithin, compare, failedShare, type Share } from './compare.ts';
import { writeIncident } from './report.ts';
import { sufferIncident, troubledTime } from './trouble.ts';

/** What failed in 2023, and must fail again in its posture. */
const FAILED_IN_2023 = 0.3;

export interface Replay {
  summary: Summary;
  /** Of the transactions that were begun while the fault was there. */
  during: Share;
  wrong: string[];
}

/** The same surge and the same bad query twice, side by side. */
export async function incident(stage: Stage): Promise<number> {
  const { options, say } = stage;
  const capacity = await measureCapacity(stage);
  say('\nThe posture of January 2023: nothing that protects');
  const before = await replay(stage, capacity, protections, '2023');
  say(`\nToday's posture${options.without.length > 0 ? `, without ${options.without.join(', ')}` : ''}`);
  const today = await replay(stage, capacity, options.without, 'today');
  const table = asTable(compare(before, today));
  const findings = judgeReplay(before, today);
  say(['', table, '', ...findings.map(({ promise, bar, seen, kept }) => `${kept ? 'kept  ' : 'BROKEN'}  ${promise}: ${seen} (${bar})`)].join('\n'));
  if (options.report) writeIncident({ options, capacity, table, findings });
  if (!isValid(before.summary) || !isValid(today.summary)) {
    say('The comparison is invalid: the generator itself was late.');
    return 2;
  }
  return findings.every(({ kept }) => kept) ? 0 : 1;
}

/** One posture, with the trouble in the middle. */
export async function replay(stage: Stage, capacity: { rate: number }, without: readonly Protection[], name: string): Promise<Replay> {
  const { shop, options, signal, say } = stage;
  await aborting(signal, shop.start(without));
  const phases = surgeOf(normalRate(capacity), options.replayLengths);
  const { crowd, wrong } = await driveSurge(stage, phases, `incident-${name}.example`, () => sufferIncident(stage, phases));
  const summary = summarise(crowd, phases);
  const during = begunWithin(crowd.tally.transactions, troubledTime(phases));
  const folder = join(ROOT, '.emall/incident');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.html`), pageOf({ title: `The incident replayed: ${name}`, facts: [`Seed ${options.seed}. Left out: ${without.join(', ') || 'nothing'}.`], findings: [], crowd, phases }));
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ summary, during, wrong }, null, 2)}\n`);
  const { whys } = summary.transactions;
  say([`${summary.visits} visits, ${summary.offered} calls`, ...Object.entries(whys).map(([why, times]) => `  ${times} ${why}`), `The generator was ${summary.latenessP99.toFixed(1)} ms late at p99`].join('\n'));
  return { summary, during, wrong };
}

export function judgeReplay(before: Replay, today: Replay): Finding[] {
  const then = failedShare(before.during);
  return [
    { promise: 'transactions that fail in the posture of 2023, of those begun while it lasted', bar: '≥ 30 %', seen: `${percent(then)} of ${before.during.begun}`, kept: then >= FAILED_IN_2023 },
    judgeToday(today),
    { promise: 'units sold twice, orders lost today', bar: '0', seen: today.wrong.length === 0 ? '0' : today.wrong.join('; '), kept: today.wrong.length === 0 },
  ];
}

export function judgeToday({ summary }: Pick<Replay, 'summary'>): Finding {
  const { begun, lost } = summary.transactions;
  return { promise: 'transactions that fail in today\'s posture', bar: '0', seen: `${lost} of ${begun}`, kept: begun > 0 && lost === 0 };
}
