import { describe, expect, it } from '@jest/globals';
import { Simulation, type Stream } from './simulated.ts';
import { FLOORS, type Worth } from './worth.ts';

const ONE_SERVER = 100;

/** As much of each worth, so that nothing but the worth tells them apart; what part of each was answered in time. */
function sharesAt(load: number): number[] {
  const simulation = new Simulation({ servers: 1, limited: true });
  const streams = (times: number) => FLOORS.map((_, worth): Stream => ({ worth: worth as Worth, rate: (ONE_SERVER * times) / FLOORS.length, workMs: 10, patienceMs: 500 }));
  simulation.run(streams(0.3), 3000);
  return simulation.run(streams(load), 20_000, 5000).map(({ good, late, refused }) => good / (good + late + refused));
}

describe('of eight worths that ask for as much', () => {
  it.each([1.5, 2, 3])('each is served at least as well as the next, at %f times what can be done', (load) => {
    const shares = sharesAt(load);
    process.stdout.write(`    at ${load} times: ${shares.map((share) => share.toFixed(2)).join(' ')}\n`);
    // Chance decides among neighbours that are kept for as long as one another.
    for (const [i, share] of shares.entries()) if (i > 0) expect(share).toBeLessThanOrEqual((shares[i - 1] ?? 0) + 0.05);
    expect(shares[7]).toBeLessThan((shares[4] ?? 0) / 2);
    // Up to twice the load, what is worth most is half of what can be done at the most: hardly anything of it is lost.
    if (load <= 2) expect(Math.min(...shares.slice(0, 2))).toBeGreaterThan(0.9);
  });
});
