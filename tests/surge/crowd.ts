import type { Random } from '../faults/random.ts';
import { addressOf } from './load/addresses.ts';
import type { Wire } from './load/browser.ts';
import { Timetable } from './load/timetable.ts';
import { scrape } from './people/bot.ts';
import { Person, type Street } from './people/person.ts';
import type { Taste } from './people/taste.ts';
import { comeBack, visit } from './people/visit.ts';
import { comings, lengthOf, type Phase, spanOf } from './plan/schedule.ts';
import { Tally } from './record/tally.ts';

export interface CrowdOptions {
  origin: string;
  taste: Taste;
  random: Random;
  phases: readonly Phase[];
  thinkMs: number;
  transactionMs: number;
  domain: string;
  /** Scrapers, each from one address, while the surge lasts. */
  bots: number;
  signal: AbortSignal;
  /** Told once a second. */
  everySecond?: (crowd: Crowd, second: number) => void | Promise<void>;
}

/** As long as somebody who came at the very end may still need to fill a cart and to order; nobody waits once all have gone. */
const LAST_VISITS_MS = 90_000;

/** Shoppers from one address each stay away from limits by address; scrapers are few and come again and again. */
const FIRST_BOT = 10_000_000;

/** What happened. */
export interface Crowd {
  tally: Tally;
  bots: Tally;
  timetable: Timetable;
  wire: Wire;
  visits: number;
}

/** Lets people come as the phases say, and waits until the last has gone. */
export async function drive({ origin, taste, random, phases, thinkMs, transactionMs, domain, bots, signal, everySecond }: CrowdOptions): Promise<Crowd> {
  const timetable = new Timetable();
  const wire: Wire = { open: 0, inFlight: 0 };
  const street: Street = { origin, taste, timetable, tally: new Tally(timetable.begin), wire, thinkMs, transactionMs, domain, signal };
  const crowd: Crowd = { tally: street.tally, bots: new Tally(timetable.begin), timetable, wire, visits: 0 };
  const stopBots = new AbortController();
  const visits = new Map<Person, Promise<void>>();
  const failures: unknown[] = [];
  const keep = (person: Person, visit: Promise<void>) => {
    // Who was sent home has not failed.
    const kept = visit.catch((error: unknown) => void (signal.aborted || failures.push(error))).finally(() => visits.delete(person));
    visits.set(person, kept);
  };
  const watch = setInterval(() => {
    const second = crowd.tally.at(performance.now());
    Object.assign(second, { open: wire.open, inFlight: wire.inFlight });
    void everySecond?.(crowd, Math.floor((performance.now() - timetable.begin) / 1000));
  }, 1000);
  const surge = spanOf(phases, 'surge');
  const startBot = (n: number) => {
    const bot = new Person({ ...street, tally: crowd.bots }, random.fork(`bot ${n}`), `bot-${n}`, addressOf(FIRST_BOT + n), performance.now());
    keep(bot, scrape(bot, stopBots.signal));
  };
  const botTimers = Array.from({ length: bots }, (_, n) => setTimeout(startBot, surge.from * 1000 + 1, n));
  const stop = setTimeout(() => stopBots.abort(), surge.to * 1000);
  try {
    const everybody = comings(phases, random);
    await timetable.each(everybody.map(({ at }) => at), (moment, n) => {
      crowd.visits += 1;
      const person = new Person(street, random.fork(`visit ${n}`), `shopper-${n}`, addressOf(n), moment);
      const backAt = everybody[n]?.backAt;
      keep(person, backAt === undefined ? visit(person) : comeBack(person, timetable.begin + backAt));
    }, signal);
    const rest = timetable.begin + lengthOf(phases) * 1000 + LAST_VISITS_MS;
    while (visits.size > 0 && !signal.aborted && performance.now() < rest) await Promise.race([...visits.values(), new Promise((resolve) => setTimeout(resolve, 200))]);
  } finally {
    clearInterval(watch);
    clearTimeout(stop);
    botTimers.forEach(clearTimeout);
    stopBots.abort();
    if (signal.aborted) for (const person of visits.keys()) person.leave();
  }
  if (signal.aborted) await Promise.all(visits.values());
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} visits failed by a fault of the generator`);
  return crowd;
}
