import { spawnSync } from 'node:child_process';
import { type TestShop, until } from '../../local/shop.ts';
import { beforeItsProgram } from './bundle.ts';
import { evidenceIf, type Fault, type Heal } from './fault.ts';
import { kill } from './processes.ts';

const TEN_MINUTES_S = 600;
const BACK_MS = 150_000;
const SERVICES = ['gateway', 'catalog', 'cart', 'order'];

/** What gives a process another clock; undefined where it is not installed. */
export function clockLibrary(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { status, stdout } = spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Gives replicas of a service clocks that are off by some seconds. The shop's own supervisor starts them so: the bundle
 * becomes a few lines that replace such a process by itself with the library, under the same pid, which is what the
 * supervisor knows. Its environment, ports, restarts and end stay those of any replica.
 */
export async function shiftClocks(shop: TestShop, service: string, seconds: Record<string, number>): Promise<Heal> {
  const library = clockLibrary();
  if (library === undefined) throw new Error('faketime is not there');
  const names = Object.keys(seconds);
  const putBack = beforeItsProgram(shop, service, `const seconds = ${JSON.stringify(seconds)}[process.env.REPLICA];
if (seconds !== undefined && process.env.FAKETIME === undefined) {
  const clock = { LD_PRELOAD: '${library}', FAKETIME: (seconds < 0 ? '' : '+') + seconds, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  process.execve(process.execPath, [process.execPath, ...process.execArgv, import.meta.filename], { ...process.env, ...clock });
}`);
  for (const name of names) {
    await (await kill(shop, name, 'SIGTERM'))();
    await until(() => isOff(shop, name, seconds[name] ?? 0), BACK_MS, () => `the clock of ${name} did not change`);
  }
  return async () => {
    // Another fault may have ended one a moment ago.
    const felt = await Promise.all(names.map((name) => isOff(shop, name, seconds[name] ?? 0)));
    putBack();
    for (const name of names) {
      await (await kill(shop, name, 'SIGTERM'))();
      await until(() => isOff(shop, name, 0), BACK_MS, () => `the clock of ${name} is still wrong`);
    }
    return evidenceIf(!felt.includes(false), names.map((name) => `${name} was ${seconds[name]} s off`).join(', '));
  };
}

const isOff = async (shop: TestShop, name: string, seconds: number) => Math.abs((await clockOf(shop, name).catch(() => Infinity)) - seconds) < 5;

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
  inject: ({ shop }, random) => shiftClocks(shop, service, { [`${service}-${random.int(1, 2)}`]: random.pick([-TEN_MINUTES_S, TEN_MINUTES_S]) }),
}));
