import { appendFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openHome } from '../../infra/local/src/home.ts';
import { faults } from './inject/all.ts';
import { describe, describeFailure, neverMet, summary } from './tell.ts';
import { type Result, runSchedule } from './run.ts';
import { roundOf, runOf, type Schedule, scheduleOf } from './schedule.ts';
import { startTarget, startTargetBehindProxies, type Target } from './target.ts';

const SHOPPERS = 32;

const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string' }, schedules: { type: 'string' } } });
const { seed, first } = runOf(values.seed ?? Date.now().toString(36));
const end = performance.now() + Number(values.minutes ?? (values.schedules === undefined ? 10 : Infinity)) * 60_000;
const most = Number(values.schedules ?? Infinity);
if (Number.isNaN(end) || Number.isNaN(most)) throw new RangeError('--minutes and --schedules are numbers');

const folder = join(openHome().path, 'faults', `${new Date().toISOString().slice(0, 19).replaceAll(':', '')}-${seed}`);
mkdirSync(folder, { recursive: true });
const targets = new Map<boolean, Target>();
const results: Result[] = [];
let broken = 0;
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
const say = (words: string) => void process.stdout.write(`${words}\n`);

async function targetFor(behindProxies: boolean): Promise<Target> {
  const target = targets.get(behindProxies) ?? (await (behindProxies ? startTargetBehindProxies() : startTarget()));
  targets.set(behindProxies, target);
  return target;
}

/** One schedule. Its history and the shop's logs are kept when it shows a violation. */
async function run(ordinal: number): Promise<void> {
  const schedule = scheduleOf(seed, ordinal, faults);
  const kept = join(folder, schedule.seed);
  const target = await targetFor(schedule.behindProxies);
  try {
    const result = await runSchedule(target, schedule, { folder: kept, shoppers: SHOPPERS, prefix: `f${Date.now().toString(36)}` });
    results.push(result);
    appendFileSync(join(folder, 'results.jsonl'), `${JSON.stringify(result)}\n`);
    say(describe(result));
    if (result.violations.length === 0) rmSync(kept, { recursive: true });
    else await abandon(target, schedule, kept);
  } catch (error) {
    broken += 1;
    say(describeFailure(schedule, error));
    await abandon(target, schedule, kept);
  }
}

/** What is left in such a shop is no ground for the next schedule. */
async function abandon(target: Target, { behindProxies }: Schedule, kept: string): Promise<void> {
  keepLogs(target, kept);
  targets.delete(behindProxies);
  await target.close();
}

function keepLogs({ shop }: Target, kept: string): void {
  cpSync(join(shop.home, 'logs'), join(kept, 'logs'), { recursive: true });
  say(`  kept in ${kept}`);
}

say(`Seed ${seed}. Results in ${folder}`);
try {
  for (let index = 0; index < most && performance.now() < end && !stop.signal.aborted; index += 1) await run(first + index);
} finally {
  await Promise.all([...targets.values()].map((target) => target.close()));
}
// A shorter run cannot meet all.
const missing = results.length < roundOf(faults) ? [] : neverMet(results, faults.map(({ name }) => name));
say(summary(results, broken, missing));
process.exit(broken === 0 && missing.length === 0 && results.every(({ violations }) => violations.length === 0) ? 0 : 1);
