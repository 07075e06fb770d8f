import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHome } from '../../infra/local/src/home.ts';
import { chooseCores, type Cores, tell } from './cores.ts';
import { CpuMeter, type CpuTimes } from './cpu/meter.ts';
import { Load } from './load/load.ts';
import { type Measured, measure } from './measure.ts';
import type { Options } from './options.ts';
import type { Row } from './rows.ts';
import { type Shelf, ensureCatalogue, readShelf, worldsOf } from './shop/catalogue.ts';
import { forgetOrders, untilJobsAreDone } from './shop/jobs.ts';
import { memoryOf } from './shop/memory.ts';
import { BenchShop } from './shop/shop.ts';
import { type Sample, soak } from './soak.ts';
import { type Verdict, verdictsOf, verdictsOfMemory } from './verdict.ts';

/** Enough to keep one processor busy; more would be queued or, beside others' work, refused. */
const CONCURRENCY = 8;
const REST_S = 10;

export interface Result {
  at: string;
  products: number;
  cores: Cores;
  measured: Measured[];
  /** CPU of a shop that nobody visits, in ms a second, by process. */
  resting: CpuTimes;
  /** Anonymous memory of each replica in MB: a while after the start, and after all rows. */
  memory: { atRest: Record<string, number>; afterwards: Record<string, number> };
  verdicts: Verdict[];
}

type Say = (line: string) => void;

export interface Bench {
  shop: BenchShop;
  load: Load;
  cores: Cores;
  stopped: AbortSignal;
  say: Say;
}

/** A shop on a catalogue of this size, for as long as `work` takes; stopped whatever happens. */
export async function withShop<T>(products: number, stopped: AbortSignal, say: Say, work: (bench: Bench) => Promise<T>): Promise<T> {
  const cores = chooseCores();
  say(`\n${products.toLocaleString('en')} products, ${tell(cores)}`);
  const shop = new BenchShop(join(openHome().path, 'bench', `shop-${products}`), cores.shop);
  const load = new Load(cores.generator);
  try {
    return await work({ shop, load, cores, stopped, say });
  } finally {
    load.end();
    await shop.stop();
  }
}

/** Rows on a catalogue of one size, each in its posture. */
export async function runRows(bench: Bench, products: number, wanted: readonly Row[], { seconds, rounds }: Pick<Options, 'seconds' | 'rounds'>): Promise<Result> {
  const { shop, load, cores, stopped, say } = bench;
  const shelf = await fill(bench, products);
  const measured: Measured[] = [];
  let resting: CpuTimes = {};
  const memory: Result['memory'] = { atRest: {}, afterwards: {} };
  for (const [posture, group] of Map.groupBy(wanted, (row) => row.posture)) {
    stopped.throwIfAborted();
    say(posture === '' ? 'as it is run' : `without ${posture}`);
    await shop.start(posture);
    await sleep(REST_S * 1000);
    if (posture === '') memory.atRest = memoryOf(shop);
    if (posture === '') resting = await restOf(shop);
    const worlds = worldsOf(shelf, providerOf(shop));
    for (const row of group) {
      stopped.throwIfAborted();
      const result = await measure({ shop, load, cores, worlds, seconds, concurrency: CONCURRENCY }, row, rounds);
      measured.push(result);
      say(lineOf(result));
    }
    await untilJobsAreDone(shop.database);
    if (posture === '') memory.afterwards = memoryOf(shop);
    await shop.stop();
  }
  const verdicts = [...measured.flatMap(verdictsOf), ...verdictsOfMemory(memory.atRest, Object.keys(memory.atRest))];
  return { at: new Date().toISOString(), products, cores, measured, resting, memory, verdicts };
}

/** People on a freshly started shop for so long. */
export async function runSoak(bench: Bench, products: number, minutes: number): Promise<Sample[]> {
  const { shop, load, stopped, say } = bench;
  const shelf = await fill(bench, products);
  say(`${minutes} minutes of shopping`);
  await shop.start('');
  const samples = await soak(shop, load, worldsOf(shelf, providerOf(shop)).shoppers, minutes, stopped);
  await shop.stop();
  return samples;
}

/** The shop that made its catalogue is stopped: what it held for that is not what one at rest holds. */
async function fill({ shop }: Bench, products: number): Promise<Shelf> {
  await shop.start('');
  await ensureCatalogue(shop, products);
  // Of an earlier run on this home that was interrupted.
  await forgetOrders(shop.database);
  const shelf = await readShelf(shop);
  await shop.stop();
  return shelf;
}

async function restOf(shop: BenchShop): Promise<CpuTimes> {
  const meter = new CpuMeter(shop.watched());
  await sleep(REST_S * 1000);
  return Object.fromEntries(Object.entries(meter.stop()).map(([name, ms]) => [name, ms / REST_S]));
}

function providerOf(shop: BenchShop) {
  const url = shop.topology().sandbox?.url;
  return url === undefined ? undefined : { host: '127.0.0.1', port: Number(new URL(url).port) };
}

function lineOf({ row, ours, limit, statements }: Measured): string {
  const of = Object.entries(ours.parts).filter(([, ms]) => ms >= 0.005).sort(([, one], [, other]) => other - one).map(([kind, ms]) => `${kind} ${ms.toFixed(2)}`).join(', ');
  const beside = limit ? `, limit ${limit.cpuMs.toFixed(3)} (${(ours.cpuMs / limit.cpuMs).toFixed(2)}×)` : '';
  const sql = statements ? `, ${statements.calls.toFixed(1)} statements, ${statements.flushes.toFixed(1)} flushes` : '';
  const wrong = ours.failures > 0 ? `\n      ${ours.failures} of ${ours.operations} FAILED: ${ours.examples.join(' | ')}` : '';
  return `  ${row.name}: ${ours.cpuMs.toFixed(3)} ms${beside}, ±${Math.round(ours.noise * 50)} %, ${Math.round(ours.perSecond)}/s, p99 ${ours.p99.toFixed(1)} ms${sql}\n      ${of} ${JSON.stringify(ours.layers)}${wrong}`;
}

