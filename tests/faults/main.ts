import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../infra/local/src/home.ts';
import { check } from './check/check.ts';
import { readWorld } from './check/world.ts';
import { guardTable } from './guards/report.ts';
import { removeGuards } from './guards/run.ts';
import { runSchedules } from './run-schedules.ts';
import { writeReport } from './write-report.ts';

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, minutes: { type: 'string' }, schedules: { type: 'string' }, guards: { type: 'boolean' }, report: { type: 'boolean' }, decide: { type: 'boolean' } },
  allowPositionals: true,
});
const { report, decide, guards } = values;
const most = report ? Infinity : decide || guards ? 1 : 0;
if (positionals.length > most) refuse(`What is ${positionals.join(' ')}?`);
if ((report || decide) && positionals.length === 0) refuse(report ? 'Of which results.jsonl?' : 'Which world.json?');

function refuse(why: string): never {
  process.stderr.write(`${why} See npm run faults -- --help.\n`);
  process.exit(2);
}

/** The table of all guards is written down; that of some would be no answer. */
async function withoutGuards(only: string | undefined): Promise<boolean> {
  const results = await removeGuards({ only, say: (line) => void process.stdout.write(`${line}\n`) });
  const table = guardTable(results);
  if (only === undefined) {
    const folder = join(ROOT, 'docs/reports');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'guards-of-checkout.md'), `# Guards of checkout, taken away one at a time\n\n${table}`);
  } else process.stdout.write(table);
  return results.every(({ outcome }) => outcome === 'caught');
}

async function underFaults(): Promise<boolean> {
  const schedules = Number(values.schedules ?? Infinity);
  const minutes = Number(values.minutes ?? (values.schedules === undefined ? 10 : Infinity));
  if (Number.isNaN(minutes) || Number.isNaN(schedules)) refuse('--minutes and --schedules are numbers.');
  return runSchedules({ seed: values.seed ?? Date.now().toString(36), minutes, schedules });
}

/** Decides kept records again. */
function decided([file = '']: string[]): boolean {
  const violations = check(readWorld(file));
  for (const { invariant, what } of violations) process.stdout.write(`${invariant}: ${what}\n`);
  process.stdout.write(`${violations.length} violations\n`);
  return violations.length === 0;
}

async function run(): Promise<boolean> {
  if (report) return writeReport(positionals);
  if (decide) return decided(positionals);
  return guards ? withoutGuards(positionals[0]) : underFaults();
}

process.exit((await run()) ? 0 : 1);
