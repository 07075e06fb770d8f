import { describe, expect, it } from '@jest/globals';
import type { Level } from './level.ts';
import { Limiter, type Place } from './limiter.ts';
import { type Outcome, Simulation, type Stream } from './simulated.ts';
import type { Worth } from './worth.ts';

const WORK_MS = 10;
const shareOf = ({ good, late, refused }: Outcome) => good / (good + late + refused);

/** Good answers of one kind as a part of what the servers could do at most. */
function goodput(servers: number, load: number, limited: boolean): { part: number; outcome: Outcome } {
  const most = (servers * 1000) / WORK_MS;
  const simulation = new Simulation({ servers, limited });
  simulation.run([{ worth: 5, rate: most * 0.3, workMs: WORK_MS }], 3000);
  const [outcome] = simulation.run([{ worth: 5, rate: most * load, workMs: WORK_MS }], 20_000, 5000) as [Outcome];
  return { part: outcome.good / 15 / most, outcome };
}

describe.each([1, 4])('a shop of %i servers', (servers) => {
  it('without limits does nothing useful once more is asked than it can do', () => {
    expect(goodput(servers, 0.7, false).part).toBeGreaterThan(0.6);
    for (const load of [1.2, 3, 10]) expect(goodput(servers, load, false).part).toBeLessThan(0.1);
  });

  it('with limits does at three and ten times the load at least 90 % of the most it ever does, and refuses the rest at once', () => {
    const peak = Math.max(...[0.7, 0.95, 1.2, 2].map((load) => goodput(servers, load, true).part));
    expect(peak).toBeGreaterThan(0.9);
    for (const load of [3, 10]) {
      const { part, outcome } = goodput(servers, load, true);
      expect(part / peak).toBeGreaterThanOrEqual(0.9);
      expect(outcome.late).toBeLessThan(outcome.good / 100);
      expect(outcome.refused).toBeGreaterThan(0);
      expect(outcome.slowestRefusal).toBeLessThan(50);
    }
  });
});

/** What people do in a shop, by worth: requests a second for each 100 that one server could do, and their work. */
const MIX: readonly Stream[] = [
  { worth: 1, rate: 5, workMs: 20, patienceMs: 500 },
  { worth: 2, rate: 10, workMs: 5, patienceMs: 500 },
  { worth: 4, rate: 30, workMs: 8 },
  { worth: 5, rate: 40, workMs: 10 },
  { worth: 6, rate: 20, workMs: 12 },
  { worth: 7, rate: 5, workMs: 5 },
];
const mix = (load: number) => MIX.map(({ rate, ...stream }) => Object.assign(stream, { rate: rate * load }));

describe('a mix of all worths', () => {
  it('loses the least worthy first: at three times the load checkouts lose nothing', () => {
    const simulation = new Simulation({ servers: 1, limited: true });
    simulation.run(mix(0.3), 5000);
    const [checkout, cart, product, list, search, prefetch] = simulation.run(mix(3), 30_000, 10_000).map(shareOf) as [number, number, number, number, number, number];
    expect(checkout).toBeGreaterThan(0.995);
    expect(cart).toBeGreaterThan(0.8);
    expect(cart).toBeGreaterThan(product);
    expect(product).toBeGreaterThan(2 * Math.max(list, search, prefetch));
  });

  it('is served whole again ten seconds after a surge', () => {
    const simulation = new Simulation({ servers: 4, limited: true });
    simulation.run(mix(1), 10_000);
    simulation.run(mix(30), 30_000);
    for (const outcome of simulation.run(mix(1), 20_000, 10_000)) expect(shareOf(outcome)).toBeGreaterThan(0.99);
  });

  it('loses one kind alone where only that is slow', () => {
    const simulation = new Simulation({ servers: 1, limited: true });
    const streams = (lists: number): Stream[] => [
      { worth: 1, rate: 10, workMs: 10 },
      { worth: 5, rate: lists, workMs: 10, backend: 'listing' },
      { worth: 6, rate: 20, workMs: 10 },
    ];
    simulation.run(streams(20), 10_000);
    const [checkout, list, search] = simulation.run(streams(1000), 20_000, 5000).map(shareOf) as [number, number, number];
    expect(list).toBeLessThan(0.15);
    expect([checkout, search]).toEqual([1, expect.closeTo(1, 1)]);
  });
});

/** A limiter on a clock that the test sets, and calls that it holds. */
function opened({ loopWait }: { loopWait?: () => number } = {}) {
  let now = 0;
  const due: { at: number; what: () => void }[] = [];
  const later = (what: () => void, ms: number) => due.push({ at: now + ms, what });
  const limiter = new Limiter({ now: () => now, later, ...(loopWait && { loopWait }) });
  const held: Place[] = [];
  return {
    limiter,
    held,
    ask(worth: Worth) {
      const asked = { outcome: 'waiting' };
      limiter.enter(worth, 'kind', (place) => {
        held.push(place);
        asked.outcome = 'admitted';
      }, () => (asked.outcome = 'refused'));
      return asked;
    },
    pass(ms: number) {
      now += ms;
      for (const each of due.splice(0)) (each.at <= now ? each.what : () => due.push(each))();
    },
    /** Calls one after the other, each of so many milliseconds. */
    serve(worth: Worth, times: number, ms: number) {
      for (let i = 0; i < times; i += 1) {
        this.ask(worth);
        this.pass(ms);
        limiter.leave(held.pop() as Place, false);
      }
    },
  };
}

const limitsOf = (limiter: Limiter) => limiter.levels.map(({ limit }) => limit);

describe('a limit', () => {
  it('lets nobody take the place of what is worth more', () => {
    const { ask, limiter } = opened();
    for (let i = 0; i < 1000; i += 1) ask(5);
    expect(limiter.levels[5]?.inFlight).toBe(16);
    for (const worth of [0, 1, 2, 3, 4] as const) expect(ask(worth).outcome).toBe('admitted');
  });

  it('lets as many wait as are under way, for 25 ms', () => {
    const { ask, pass, limiter, held } = opened();
    const all = Array.from({ length: 100 }, () => ask(5));
    const count = (outcome: string) => all.filter((asked) => asked.outcome === outcome).length;
    expect([count('admitted'), count('waiting'), count('refused')]).toEqual([16, 16, 68]);
    pass(10);
    limiter.leave(held.pop() as Place, false);
    expect([count('admitted'), count('waiting'), count('refused')]).toEqual([17, 15, 68]);
    expect(all[16]?.outcome).toBe('admitted');
    pass(15);
    expect([count('admitted'), count('waiting'), count('refused')]).toEqual([17, 0, 83]);
  });

  it('is cut where this process keeps calls waiting, from the bottom', () => {
    let wait = 0;
    const { ask, pass, limiter, held } = opened({ loopWait: () => wait });
    for (const worth of [1, 5, 7] as const) for (let i = 0; i < 20; i += 1) ask(worth);
    wait = 100;
    const look = () => {
      pass(100);
      ask(3);
      limiter.leave(held.pop() as Place, false);
      return [1, 5, 7].map((worth) => limitsOf(limiter)[worth]);
    };
    const seen = Array.from({ length: 16 }, look);
    const first = (at: number) => seen.findIndex((limits) => (limits[at] as number) < 16);
    expect(first(2)).toBe(0);
    expect(first(1)).toBeGreaterThan(first(2));
    expect(first(0)).toBeGreaterThan(first(1));
    expect(seen.at(-1)).toEqual([8, 2, 0]);
  });

  it('is cut where somebody below refuses, however fast', () => {
    const { ask, pass, limiter, held } = opened();
    for (let round = 0; round < 200; round += 1) {
      for (let i = 0; i < 10; i += 1) ask(1);
      pass(5);
      for (const place of held.splice(0)) limiter.leave(place, true);
    }
    expect(limitsOf(limiter)[1]).toBe(8);
  });

  it('is not cut by a few calls that take long while the others do not', () => {
    const open = opened();
    open.serve(1, 200, 10);
    open.ask(1);
    const late = open.held.pop() as Place;
    open.serve(1, 100, 10);
    open.limiter.leave(late, false);
    open.serve(1, 100, 10);
    expect(limitsOf(open.limiter)[1]).toBe(16);
  });

  it('lets in more again although worthier work takes longer than usual, as long as nobody is kept out there', () => {
    const shop = opened();
    const { ask, pass, limiter, held } = shop;
    const list = limiter.levels[5] as Level;
    shop.serve(1, 100, 10);
    // One order of two waits for somebody outside.
    const sell = (times: number, andThen: () => void) => {
      for (let i = 0; i < times; i += 1) {
        shop.serve(1, 1, i % 2 === 0 ? 400 : 10);
        andThen();
        pass(90);
        while (held.length > 0) limiter.leave(held.pop() as Place, false);
      }
    };
    sell(30, () => {});
    list.limit = 0;
    sell(30, () => void ask(5));
    expect(limiter.levels[1]?.lateness).toBeGreaterThan(25);
    expect(list.limit).toBeGreaterThan(0);
  });

  it('takes for usual what has become slower for good', () => {
    const open = opened();
    open.serve(5, 100, 10);
    open.serve(5, 100, 200);
    expect(open.limiter.levels[5]?.limit).toBe(2);
    open.serve(5, 200, 200);
    expect(open.limiter.levels[5]?.excess).toBeLessThan(25);
  });
});
