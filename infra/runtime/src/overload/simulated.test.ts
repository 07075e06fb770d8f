import { describe, expect, it } from '@jest/globals';
import { type Outcome, Simulation, type Stream } from './simulated.ts';

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

describe('a process that begins in a surge', () => {
  it.each([1, 4])('does as much, of %i servers', (servers) => {
    const most = (servers * 1000) / WORK_MS;
    const simulation = new Simulation({ servers, limited: true });
    const [outcome] = simulation.run([{ worth: 5, rate: most * 3, workMs: WORK_MS }], 20_000, 2000) as [Outcome];
    expect(outcome.good / 18 / most).toBeGreaterThan(0.85);
  });

  it('loses the least worthy first', () => {
    // One unlucky moment turns five orders away: of twenty beginnings it does not decide.
    const runs = Array.from({ length: 20 }, (_, seed) => new Simulation({ servers: 1, limited: true, seed }).run(mix(3), 20_000, 2000).map(shareOf));
    const [checkout, cart, product, list] = [0, 1, 2, 3].map((stream) => runs.reduce((sum, run) => sum + (run[stream] as number), 0) / runs.length) as [number, number, number, number];
    expect(checkout).toBeGreaterThan(0.995);
    expect(cart).toBeGreaterThan(0.8);
    expect(product).toBeGreaterThan(2 * list);
  });
});

describe('orders of which half wait a second for a payment provider', () => {
  const streams = (browsing: number): Stream[] => [
    { worth: 1, rate: 15, workMs: 8, patienceMs: 3000, outside: { share: 0.5, ms: 1000 } },
    { worth: 5, rate: 60 * browsing, workMs: 4 },
  ];

  it('are all taken, and nothing else is refused while there is room for all', () => {
    const simulation = new Simulation({ servers: 1, limited: true });
    for (const { refused } of simulation.run(streams(1), 300_000)) expect(refused).toBe(0);
  });

  it('are all taken while ten times as much is browsed, and leave to browsing what they do not need', () => {
    const simulation = new Simulation({ servers: 1, limited: true });
    simulation.run(streams(1), 30_000);
    const [orders, lists] = simulation.run(streams(10), 60_000, 10_000) as [Outcome, Outcome];
    expect(orders.refused).toBe(0);
    // 12 % of the server's time are for the orders, the rest for lists of 4 ms.
    expect(lists.good / 50).toBeGreaterThan(0.9 * 0.88 * 250);
    for (const { refused } of simulation.run(streams(1), 60_000, 10_000)) expect(refused).toBe(0);
  });
});
