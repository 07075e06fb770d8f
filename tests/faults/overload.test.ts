import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openHome } from '../../infra/local/src/home.ts';
import { readJson } from '../../infra/local/src/files.ts';
import { adminUrl } from '../../infra/local/src/postgres/start.ts';
import type { Secrets } from '../../infra/local/src/secrets.ts';
import { byCli, TestShop } from '../local/shop.ts';
import { type Crowd, drive } from '../surge/crowd.ts';
import { readCatalogue } from '../surge/people/catalogue.ts';
import { Taste } from '../surge/people/taste.ts';
import { type Phase, spanOf } from '../surge/plan/schedule.ts';
import { OUTCOMES, type Worth, WORTHS } from '../surge/record/outcome.ts';
import { countOf, goodput, perSecond } from '../surge/record/statistics.ts';
import { summarise } from '../surge/record/summary.ts';
import { readStock, wrongInTheBooks } from '../surge/shop/books.ts';
import { tell } from './figures.ts';
import { Random } from './random.ts';

jest.setTimeout(400_000);

/**
 * Without caches, so that a few people are too many: with them it would take more than one machine can send beside a shop.
 * What it can do then is some 12 visits a second of two free processors; `npm run surge` measures it and is exact.
 */
const SETTINGS = { EMALL_WITHOUT: 'edge-cache,cache', HOLD_MINUTES: '15', LOG_LEVEL: 'warn' };
const [USUAL, TOO_MANY] = [1, 45];
const phases: readonly Phase[] = [
  { name: 'normal', seconds: 10, from: USUAL, to: USUAL },
  { name: 'ramp', seconds: 2, from: USUAL, to: TOO_MANY },
  { name: 'surge', seconds: 15, from: TOO_MANY, to: TOO_MANY },
  { name: 'back', seconds: 25, from: USUAL, to: USUAL },
];
const DOMAIN = 'overload.example';

const shop = new TestShop(SETTINGS);
let database: pg.Client;
beforeAll(async () => {
  await shop.start(byCli);
  const { database: { port, name } } = shop.topology();
  const { postgres } = readJson<Secrets>(openHome(shop.home).secrets) as Secrets;
  database = new pg.Client({ connectionString: adminUrl(port, postgres, name) });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  shop.dispose();
});

describe('3.3 Overload: more people come than can be served, whoever is answered or not', () => {
  let crowd: Crowd;
  let wrong: string[];
  beforeAll(async () => {
    const before = await readStock(database);
    const taste = new Taste(await readCatalogue(database));
    crowd = await drive({ origin: shop.url, taste, random: new Random('overload'), phases, thinkMs: 800, transactionMs: 30_000, domain: DOMAIN, bots: 0, signal: new AbortController().signal });
    const shown = crowd.tally.transactions.map(({ order }) => order).filter((order) => order !== undefined);
    wrong = await wrongInTheBooks(database, { before, shown, domain: DOMAIN });
  });

  /** How often each outcome was met while there was too much to do, by worth. */
  const met = () => {
    const { from, to } = spanOf(phases, 'surge');
    const seconds = crowd.tally.seconds.slice(from, to);
    const of = (worth: Worth) => Object.fromEntries(OUTCOMES.map((outcome) => [outcome, seconds.reduce((sum, second) => sum + second.outcomes[outcome][worth], 0)]));
    return Object.fromEntries(WORTHS.map((worth) => [worth, of(worth)])) as Record<Worth, Record<(typeof OUTCOMES)[number], number>>;
  };
  const turnedAway = (worth: Worth) => {
    const { good, late, shed, failed } = met()[worth];
    return shed / Math.max(1, good + late + shed + failed);
  };

  it('whoever is in the middle of a checkout is served, and who looks around is told when to come again', () => {
    const { transactions, outcomes, refusalP99, latenessP99 } = summarise(crowd, phases);
    const { from, to } = spanOf(phases, 'surge');
    const rates = `${perSecond(crowd.tally.seconds, from, to, ({ offered }) => offered).toFixed(0)} calls a second offered, ${goodput(crowd.tally.seconds, from, to).toFixed(0)} answered in time`;
    tell('3.3 Overload', 'pay > checkout > cart > product > list; refusals with Retry-After, p99 <= 50 ms', `${rates}; ${WORTHS.map((worth) => `${worth}: ${(turnedAway(worth) * 100).toFixed(1)} % turned away`).join(', ')}; ${outcomes.failed} calls failed; a refusal took ${refusalP99.toFixed(0)} ms at p99; ${transactions.begun} checkouts, ${transactions.ordered + transactions.refused} ended; we were ${latenessP99.toFixed(0)} ms late`);
    // Otherwise there was no overload, and nothing is shown.
    expect(met().browse.shed).toBeGreaterThan(100);
    expect(turnedAway('checkout')).toBeLessThan(turnedAway('browse') / 2);
    expect(turnedAway('cart')).toBeLessThanOrEqual(turnedAway('browse'));
    // Without a time to come again a refusal counts as failed.
    expect(outcomes.failed).toBeLessThanOrEqual(outcomes.shed / 100);
    expect(transactions.begun).toBeGreaterThan(20);
    expect(transactions.admittedAndLost).toBe(0);
    expect((transactions.ordered + transactions.refused) / transactions.begun).toBeGreaterThan(0.95);
    expect(refusalP99).toBeLessThan(1500);
  });

  it('everybody is served again afterwards', () => {
    const { normalAgainAfterS } = summarise(crowd, phases);
    const last = crowd.tally.seconds.slice(spanOf(phases, 'back').to - 8, spanOf(phases, 'back').to);
    tell('3.3 Overload', 'back to normal <= 10 s after the surge', normalAgainAfterS === undefined ? 'not within the run' : `${normalAgainAfterS} s`);
    expect(last.reduce((sum, { offered }) => sum + offered, 0)).toBeGreaterThan(0);
    expect(last.reduce((sum, second) => sum + countOf(second, 'shed') + countOf(second, 'failed'), 0)).toBe(0);
  });

  it('nothing is sold twice, and no order is lost', () => {
    expect(wrong).toEqual([]);
  });
});
