import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { adminUrl } from '../../infra/local/src/postgres/start.ts';
import { openSecrets } from '../../infra/local/src/secrets.ts';
import { ADDRESS, ApiShopper } from '../e2e/api.ts';
import { type Look, Onlookers, type Place } from './onlookers.ts';
import { byCli, TestShop, until } from './shop.ts';

jest.setTimeout(480_000);

const REPLICA_MS = 1000;
const PAGE_MS = 5000;
/** Of a machine that is busy with other tests one change may be seen late; a promise that is broken is broken each time. */
const ATTEMPTS = [1, 2, 3] as const;

/** Somebody looks at the first of two all the time, and at the second only before. */
const PAIR = ['watched', 'quiet'] as const;
const skuOf = (what: string, attempt: number, which: string) => `T-${what}-${attempt}-${which}`.toUpperCase();
/** A word that nothing else has. */
const wordOf = (what: string, attempt: number, which: string) => `${what}${'abc'[attempt - 1]}${which}`;

const shop = new TestShop();
let admin: pg.Client;

beforeAll(async () => {
  await shop.start(byCli);
  const { postgres } = openSecrets(join(shop.home, 'secrets.json'), []);
  admin = new pg.Client({ connectionString: adminUrl(shop.topology().database.port, postgres, 'emall') });
  await admin.connect();
  await bring(['costly', 'scarce'].flatMap((what) => ATTEMPTS.flatMap((attempt) => PAIR.map((which) => rowOf(what, attempt, which, '20.00')))));
});
afterAll(async () => {
  await admin?.end();
  shop.dispose();
});

function rowOf(what: string, attempt: number, which: string, price: string): string {
  const word = wordOf(what, attempt, which);
  return `${word},${skuOf(what, attempt, which)},Jar ${word},${price},1,Shelf ${word}`;
}

/** Imports in a process of its own, as a merchant does. */
async function bring(rows: readonly string[]): Promise<void> {
  const file = join(shop.home, 'rows.csv');
  writeFileSync(file, ['product,sku,name,price,stock,category', ...rows].join('\n'));
  const output = await shop.runBeside('import', file);
  if (!output.includes('refused 0')) throw new Error(output);
}

function placesOf(what: string, attempt: number, { suggested }: { suggested: boolean }): Place[] {
  const replicas = shop.topology().processes.filter(({ service }) => service === 'catalog');
  if (replicas.length < 2) throw new Error('there are no two replicas');
  return PAIR.flatMap((which): Place[] => {
    const word = wordOf(what, attempt, which);
    const slug = `jar-${word}`;
    const answers = [`/api/catalog/products/${slug}`, `/api/catalog/products?category=shelf-${word}`, `/api/catalog/products?q=${word}`];
    const pages = [`/p/${slug}`, `/c/shelf-${word}`, `/search?q=${word}`];
    // The door of a busy machine turns these away first, and the edge shows what it has: they are asked for behind it.
    const suggestions = suggested ? [`/api/catalog/suggestions?q=${word}`] : [];
    const looked = which === 'watched' ? 'always' : 'until the change';
    const shown = [...pages, ...answers].map((path): Place => ({ url: `${shop.url}${path}`, withinMs: PAGE_MS, looked }));
    const known = replicas.flatMap(({ port }) => [...answers, ...suggestions].map((path): Place => ({ url: `http://127.0.0.1:${port}${path}`, withinMs: REPLICA_MS, looked })));
    return [...shown, ...known];
  });
}

const pathOf = ({ url }: Place) => url.replace(shop.url, '');

/** Who still saw what was before when they must not any more. */
async function lateAfter(change: (isThere: () => void) => Promise<void>, places: readonly Place[], isOld: (text: string) => boolean): Promise<string[]> {
  const onlookers = new Onlookers(places);
  const since = await onlookers.during(change);
  await onlookers.leave();
  const { looks } = onlookers;
  for (const place of places) {
    const mine = looks.filter((look) => look.place === place);
    // Whoever never saw the old shows nothing by not seeing it now.
    expect([pathOf(place), mine.some((look) => look.began < since && isOld(look.text))]).toEqual([pathOf(place), true]);
    expect([pathOf(place), mine.some((look) => look.began >= since + place.withinMs)]).toEqual([pathOf(place), true]);
  }
  // Nobody has a cookie of looking.
  expect(looks.filter(({ status, cookies }) => status !== 200 || cookies.length > 0).map(({ place, status, cookies }) => [pathOf(place), status, cookies])).toEqual([]);
  for (const [what, withinMs] of [['replica', REPLICA_MS], ['page', PAGE_MS]] as const) report(what, looks.filter(({ place, text }) => place.withinMs === withinMs && isOld(text)), since);
  return looks.filter((look) => look.began >= since + look.place.withinMs && isOld(look.text)).map(({ place, began, layer }) => `${pathOf(place)} after ${Math.round(began - since)} ms, from ${layer}`);
}

function report(what: string, old: readonly Look[], since: number): void {
  process.stdout.write(`    the last who saw the old on a ${what} had asked ${Math.max(0, ...old.map(({ began }) => Math.round(began - since)))} ms after the change\n`);
}

async function firstInTime(attempt: (n: number) => Promise<string[]>): Promise<string[]> {
  let late: string[] = [];
  for (const n of ATTEMPTS) {
    late = await attempt(n);
    if (late.length === 0) break;
  }
  return late;
}

describe('a change in catalog is on every replica within 1 s, and on every page within 5 s', () => {
  it('of a price', async () => {
    const late = await firstInTime((attempt) => {
      const change = async (isThere: () => void) => {
        let over = false;
        const bringing = bring(PAIR.map((which) => rowOf('costly', attempt, which, '31.37'))).finally(() => (over = true));
        const isStored = async () => (await admin.query('select from catalog.variant where sku = $1 and price = 3137', [skuOf('costly', attempt, 'quiet')])).rowCount === 1;
        while (!(await isStored())) {
          if (over) await bringing.then(() => Promise.reject(new Error('the import is over, and the price is what it was')));
          await sleep(20);
        }
        isThere();
        await bringing;
      };
      return lateAfter(change, placesOf('costly', attempt, { suggested: true }), (text) => /£20\.00|"amount":2000\b/.test(text));
    });
    expect(late).toEqual([]);
  });

  it('of stock: the last one is sold, and who has it in the cart too is told so at once', async () => {
    const late = await firstInTime(async (attempt) => {
      const [buyer, other] = [new ApiShopper(shop.url), new ApiShopper(shop.url)];
      for (const shopper of [buyer, other]) {
        for (const which of PAIR) expect(await shopper.persist('POST', '/api/cart/lines', { sku: skuOf('scarce', attempt, which), quantity: 1 }, crypto.randomUUID())).toMatchObject({ status: 200 });
      }
      const delivery = { address: ADDRESS, shippingMethod: 'standard' };
      const { body: { total } } = await other.persist<{ total: object }>('POST', '/api/orders/quote', delivery);
      const change = async (isThere: () => void) => {
        expect(await buyer.order()).toMatchObject({ status: 201 });
        isThere();
        const order = { ...delivery, email: 'bert@example.com', paymentMethod: 'on_delivery', expectedTotal: total };
        expect(await other.persist('POST', '/api/orders', order, crypto.randomUUID())).toMatchObject({ status: 409, body: { code: 'out-of-stock' } });
      };
      return lateAfter(change, placesOf('scarce', attempt, { suggested: false }), (text) => !/Sold out|"available":(?:0|false)\b/.test(text));
    });
    expect(late).toEqual([]);
  });
});

describe('what a browser has', () => {
  it('is not sent again, and the layer that knew says so', async () => {
    const places = placesOf('costly', 1, { suggested: true });
    const onlookers = new Onlookers(places);
    for (const place of places) {
      let again: Look | undefined;
      const isKnown = async () => (again = await onlookers.look(place, { 'if-none-match': (again ?? (await onlookers.look(place))).etag })).status === 304;
      await until(isKnown, 20_000, () => `${pathOf(place)} is sent again and again`);
      expect([pathOf(place), again?.text, again?.layer]).toEqual([pathOf(place), '', expect.stringMatching(place.url.startsWith(shop.url) ? /^(edge|edge-stale|source|memory|redis)$/ : /^(source|memory|redis)$/)]);
    }
    await onlookers.leave();
  });
});
