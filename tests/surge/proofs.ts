import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Protection } from '@emall/runtime';
import { ROOT } from '../../infra/local/src/home.ts';
import { judgeToday, replay } from './incident/incident.ts';
import { machine } from './incident/report.ts';
import { type Finding, isValid } from './record/verdict.ts';
import { measureCapacity, type Stage } from './run.ts';
import { surgeAt } from './surge.ts';

type Scenario = 'surge' | 'surge with scrapers' | 'replay';

interface Proof {
  scenario: Scenario;
  /** Nothing: the control, in which every promise must be kept. */
  without?: Protection;
}

/** Where each protection shows its worth, after the control of that scenario. */
export const PROOFS: readonly Proof[] = [
  { scenario: 'surge' },
  { scenario: 'surge', without: 'edge-cache' },
  { scenario: 'surge', without: 'cache' },
  { scenario: 'surge', without: 'admission' },
  { scenario: 'surge with scrapers' },
  { scenario: 'surge with scrapers', without: 'rate-limits' },
  { scenario: 'replay' },
  { scenario: 'replay', without: 'deadlines' },
  { scenario: 'replay', without: 'connection-budget' },
];

const SCRAPERS = 12;

export interface Proven extends Proof {
  findings: Finding[];
  valid: boolean;
  /** Good answers a second in the surge. */
  goodput: number;
}

/** One run after the other: with everything all promises are kept, without any one protection one is broken. */
export async function prove(stage: Stage): Promise<number> {
  const { options, say } = stage;
  const capacity = await measureCapacity(stage);
  const results: Proven[] = [];
  for (const proof of PROOFS) {
    say(`\n== ${nameOf(proof)}`);
    const control = results.find(({ scenario }) => scenario === proof.scenario);
    // What the shop does with everything is the peak that it must keep without one.
    const goodput = Math.max(capacity.goodput, control?.goodput ?? 0);
    results.push({ ...proof, ...(await runProof(stage, { ...capacity, goodput }, proof)) });
    say(proofLine(results.at(-1) as Proven));
  }
  const table = proofTable(results);
  say(`\n${table}`);
  if (options.report) {
    const folder = join(ROOT, 'docs/performance');
    mkdirSync(folder, { recursive: true });
    const facts = `${new Date().toISOString().slice(0, 10)}, ${machine()}. \`npm run surge -- --proofs --report --seed ${options.seed}\`\n\nCapacity without caches: ${capacity.rate.toFixed(1)} visits and ${capacity.goodput.toFixed(0)} good answers a second; normal traffic is a quarter of that, the surge ten times normal.`;
    writeFileSync(join(folder, 'surge.md'), `# The surge, with everything and without each protection\n\n${facts}\n\n${table}\n`);
  }
  return results.every(isAsItShouldBe) ? 0 : 1;
}

async function runProof(stage: Stage, capacity: { rate: number; goodput: number }, { scenario, without }: Proof): Promise<Pick<Proven, 'findings' | 'valid' | 'goodput'>> {
  const left = without === undefined ? [] : [without];
  const name = [scenario.replaceAll(' ', '-'), ...left].join('-without-');
  if (scenario === 'replay') {
    const replayed = await replay(stage, capacity, left, name);
    return { findings: [judgeToday(replayed)], valid: isValid(replayed.summary), goodput: replayed.summary.goodput };
  }
  const bots = scenario === 'surge' ? 0 : SCRAPERS;
  const { findings, valid, summary } = await surgeAt({ ...stage, options: { ...stage.options, without: left, bots } }, capacity, name);
  return { findings, valid, goodput: summary.goodput };
}

/** The control keeps every promise; a run without a protection breaks one. What the generator made itself says nothing. */
export function isAsItShouldBe({ without, findings, valid }: Proven): boolean {
  return valid && findings.every(({ kept }) => kept) === (without === undefined);
}

function nameOf({ scenario, without }: Proof): string {
  return without === undefined ? `${scenario}, with everything` : `${scenario}, without ${without}`;
}

function proofLine(proven: Proven): string {
  return isAsItShouldBe(proven) ? 'as it should be' : `NOT as it should be: ${proven.valid ? 'see above' : 'the generator was late'}`;
}

export function proofTable(results: readonly Proven[]): string {
  const rows = results.map((proven) => {
    const broken = proven.findings.filter(({ kept }) => !kept);
    const seen = broken.length === 0 ? 'every promise kept' : broken.map(({ promise, seen }) => `${promise}: ${seen}`).join('; ');
    return `| ${nameOf(proven)} | ${proven.valid ? seen : `invalid, the generator was late (${seen})`} | ${isAsItShouldBe(proven) ? 'yes' : '**no**'} |`;
  });
  return ['| run | what was broken | as it should be |', '| --- | --- | --- |', ...rows].join('\n');
}
