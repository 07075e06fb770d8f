import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Protection } from '@emall/runtime';
import { ROOT } from '../../infra/local/src/home.ts';
import { Random } from '../faults/random.ts';
import { type Capacity, findCapacity } from './capacity.ts';
import { type Crowd, drive } from './crowd.ts';
import type { Options } from './options.ts';
import { readCatalogue } from './people/catalogue.ts';
import { Taste } from './people/taste.ts';
import { readBaskets } from './plan/baskets.ts';
import type { Phase } from './plan/schedule.ts';
import { readStock, wrongInTheBooks } from './shop/books.ts';
import type { SurgeShop } from './shop/shop.ts';
import { DatabaseWatch } from './shop/watch.ts';
import { progressLine } from './show/progress.ts';

export type Say = (line: string) => void;

/** What every run of a command needs. */
export interface Stage {
  shop: SurgeShop;
  options: Options;
  signal: AbortSignal;
  say: Say;
}

/** A checkout that has neither an order nor a true refusal by then is lost. */
const TRANSACTION_MS = 30_000;
const REAL_PRODUCTS = 'tests/data/online-retail-products.csv';
/** Without these every page is made anew. */
const CACHES: readonly Protection[] = ['edge-cache', 'cache'];

/** An open shop with its goods: the demonstration catalogue, made-up products, and what the real baskets hold. */
export async function fillShop({ shop, options, signal, say }: Stage, without: readonly Protection[]): Promise<void> {
  say(`Starting a shop in ${shop.home}`);
  await aborting(signal, shop.start(without));
  say(`Filling it with ${options.products} products`);
  if (options.products > 0) await aborting(signal, shop.job('seed', '--products', String(options.products)));
  if (options.baskets !== undefined) {
    const columns = 'sku=stock_code,name=description,price=unit_price_gbp,popularity=baskets';
    await aborting(signal, shop.job('import', join(ROOT, REAL_PRODUCTS), '--map', columns, '--currency', 'GBP', '--stock', '100', '--category', 'Giftware'));
  }
}

export async function tasteOf({ options, say }: Pick<Stage, 'options' | 'say'>, database: pg.Client): Promise<Taste> {
  const catalogue = await readCatalogue(database);
  if (options.baskets === undefined) return new Taste(catalogue);
  const { baskets, refused } = readBaskets(readFileSync(options.baskets, 'utf8'));
  const taste = new Taste(catalogue, baskets);
  say(`${taste.baskets} real baskets; ${refused} lines were none, ${baskets.length - taste.baskets} have nothing that is on sale`);
  return taste;
}

/** Fills a shop without caches and drives it to the rate at which more visits bring no more good answers. */
export async function measureCapacity(stage: Stage): Promise<Pick<Capacity, 'rate' | 'goodput'>> {
  const { shop, options, signal, say } = stage;
  await fillShop(stage, [...new Set([...CACHES, ...options.without])]);
  if (options.capacity !== undefined) return options.capacity;
  say('Looking for its capacity without caches');
  const { database } = await shop.connect();
  try {
    const taste = await tasteOf({ options, say: () => {} }, database);
    const crowd = { origin: shop.url, taste, random: new Random(`${options.seed}/capacity`), thinkMs: options.thinkMs, transactionMs: TRANSACTION_MS, domain: 'capacity.example', signal };
    const capacity = await findCapacity(crowd, ({ rate, offered, goodput }) => say(`  ${rate.toFixed(1)} visits a second: ${offered.toFixed(0)} calls offered, ${goodput.toFixed(0)} answered in time`));
    say(`Capacity: ${capacity.rate.toFixed(1)} visits, ${capacity.goodput.toFixed(0)} good answers a second`);
    return capacity;
  } finally {
    await database.end().catch(() => {});
  }
}

export interface Driven {
  crowd: Crowd;
  wrong: string[];
}

/**
 * One surge on the open shop, and its books afterwards.
 * @param alongside begins with the crowd, and is waited for whatever becomes of it
 */
export async function driveSurge({ shop, options, signal, say }: Stage, phases: readonly Phase[], domain: string, alongside: () => Promise<void> = async () => {}): Promise<Driven> {
  const { database } = await shop.connect();
  try {
    const taste = await tasteOf({ options, say }, database);
    const before = await readStock(database);
    const watch = new DatabaseWatch(database);
    const driving = drive({
      origin: shop.url, taste, random: new Random(options.seed), phases, thinkMs: options.thinkMs, transactionMs: TRANSACTION_MS, domain, bots: options.bots, signal,
      async everySecond(crowd, second) {
        say(progressLine(crowd, second, phases));
        const seen = crowd.tally.at(performance.now());
        seen.database = await watch.look().catch(() => undefined);
      },
    });
    const [driven, other] = await Promise.allSettled([driving, alongside()]);
    if (driven.status === 'rejected') throw driven.reason;
    if (other.status === 'rejected') throw other.reason;
    signal.throwIfAborted();
    const crowd = driven.value;
    const shown = crowd.tally.transactions.map(({ order }) => order).filter((order) => order !== undefined);
    return { crowd, wrong: await wrongInTheBooks(database, { before, shown, domain }) };
  } finally {
    await database.end().catch(() => {});
  }
}

/** What is worked on may go on in vain; whoever waits for it stops waiting. */
export async function aborting<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
