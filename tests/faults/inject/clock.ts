import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { basename } from 'node:path';
import { bundleFile } from '../../../infra/local/src/build/bundles.ts';
import { writeFileAtomically } from '../../../infra/local/src/files.ts';
import { openHome } from '../../../infra/local/src/home.ts';
import { type TestShop, until } from '../../local/shop.ts';
import { evidenceIf, type Fault, type Heal } from './fault.ts';
import { kill } from './processes.ts';

const TEN_MINUTES_S = 600;
const SERVICES = ['gateway', 'catalog', 'cart', 'order'];

/** What gives a process another clock; undefined where it is not installed. */
export function clockLibrary(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { status, stdout } = spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Gives one replica a clock that is off by some seconds. The shop's own supervisor starts it so: the bundle becomes a
 * few lines that replace this one process by itself with the library, under the same pid, which is what the supervisor
 * knows. Its environment, ports, restarts and end stay those of any replica.
 */
export async function shiftClock(shop: TestShop, name: string, seconds: number): Promise<Heal> {
  const library = clockLibrary();
  if (library === undefined) throw new Error('faketime is not there');
  const bundle = bundleFile(openHome(shop.home), shop.process(name).service);
  const kept = bundle.replace(/\.mjs$/, '.kept.mjs');
  const clock = { LD_PRELOAD: library, FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  renameSync(bundle, kept);
  writeFileAtomically(bundle, `if (process.env.REPLICA === '${name}' && process.env.FAKETIME === undefined) {
  process.execve(process.execPath, [process.execPath, ...process.execArgv, import.meta.filename], { ...process.env, ...${JSON.stringify(clock)} });
}
await import('./${basename(kept)}');
`);
  await (await kill(shop, name, 'SIGTERM'))();
  await until(async () => Math.abs((await clockOf(shop, name).catch(() => 0)) - seconds) < 5, 10_000, () => `the clock of ${name} did not change`);
  return async () => {
    // Another fault may have ended it a moment ago.
    const off = await clockOf(shop, name).catch(() => 0);
    renameSync(kept, bundle);
    await (await kill(shop, name, 'SIGTERM'))();
    await until(async () => Math.abs(await clockOf(shop, name).catch(() => Infinity)) < 5, 10_000, () => `the clock of ${name} is still wrong`);
    return evidenceIf(Math.abs(off - seconds) < 5, `${name} was ${off.toFixed(0)} s ahead`);
  };
}

/** How many seconds the clock of a replica is before ours, by the date of an answer. */
async function clockOf(shop: TestShop, name: string): Promise<number> {
  const { headers } = await fetch(`http://127.0.0.1:${shop.process(name).port}/`, { signal: AbortSignal.timeout(2000) });
  return (Date.parse(headers.get('date') ?? '') - Date.now()) / 1000;
}

/** Nothing on a machine that cannot do it. */
export const clockFaults: Fault[] = clockLibrary() === undefined ? [] : SERVICES.map((service) => ({
  name: `a clock of ${service} is ten minutes off`,
  row: '3.3 Clock skew',
  on: service,
  inject: ({ shop }, random) => shiftClock(shop, `${service}-${random.int(1, 2)}`, random.pick([-TEN_MINUTES_S, TEN_MINUTES_S])),
}));
