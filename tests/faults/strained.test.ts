import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readTold } from '../../infra/local/src/supervisor/told.ts';
import { atTheDoor, during, failed, percentile, placed, tell, unserved, waitedFor } from './figures.ts';
import { type Heavy, sendHeavyBodies } from './heavy-bodies.ts';
import { type Fault, type Heal, healed } from './inject/fault.ts';
import { WayTo } from './inject/way.ts';
import { type Suffered, suffering } from './named.ts';
import { type Look, PassersBy } from './passers-by.ts';
import type { Row } from './matrix.ts';
import { startTarget, type Target } from './target.ts';

jest.setTimeout(400_000);

const LOOKS_PER_SECOND = 30;
/** What a replica needs to be found out in. */
const FOUND_OUT_MS = 5000;
const BAD = 'catalog-1';
const GOOD = 'catalog-2';

let target: Target;
let way: WayTo | undefined;
beforeAll(async () => {
  target = await startTarget();
  way = await WayTo.take(target.shop, BAD);
});
afterAll(async () => {
  await way?.close();
  await target?.close();
});

interface Watched {
  looks: Look[];
  /** How many calls came to the replica and to the other one. */
  bad: number;
  good: number;
}
const watched = new Map<string, Watched>();

/** How many calls a replica has answered, or was left with. */
async function answeredBy(name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${target.shop.process(name).adminPort}/metrics`);
  return readTold(await answer.text()).answers;
}

/** A fault of one catalog replica, while people look around besides those who buy. */
const underLooks = (name: string, row: Row, injectBad: (way: WayTo) => Promise<Heal>): Fault => ({
  name,
  row,
  on: 'catalog',
  async inject({ shop }) {
    const [bad, good] = await Promise.all([answeredBy(BAD), answeredBy(GOOD)]);
    const heal = await injectBad(way as WayTo);
    const passersBy = new PassersBy(shop.url, LOOKS_PER_SECOND);
    return async () => {
      const looks = await passersBy.stop();
      const [badAfter, goodAfter] = await Promise.all([answeredBy(BAD), answeredBy(GOOD)]);
      watched.set(name, { looks, bad: badAfter - bad, good: goodAfter - good });
      return heal();
    };
  },
});

const slow = (ms: number) => underLooks(`answers of a catalog come ${ms} ms later`, '3.3 Replica slow (grey)', (to) => to.slow(ms));
const failing = underLooks('a catalog fails at once', '3.3 Fast-failing replica', (to) => to.failAtOnce());
/** Slower than anybody waits for, as the row has it; and as slow as is still taken for an answer. */
const greys = [slow(2000), slow(900)];

let heavy: Heavy | undefined;
const bodies: Fault = {
  name: 'bodies that are costly to read',
  row: '3.3 Memory / event loop',
  on: 'all',
  async inject({ shop }) {
    heavy = await sendHeavyBodies(shop, { atOnce: 200, waves: 12 });
    return healed(`${heavy.sent} bodies of 64 kB, 200 at once`);
  },
};

/** What is neither an answer nor a word about when to come again: as many looks as these may meet a shop that is busy with other things. */
const isError = ({ status, retryAfter }: { status: number; retryAfter?: unknown }) => status === 0 || (status >= 500 && (status !== 503 || retryAfter === undefined));
/** Of the looks. A machine that does other things meanwhile turns some away. */
const MOST = 0.7;
const toldOf = (looks: readonly Look[]) => `${looks.length} looks, ${looks.filter(({ status }) => status === 200).length} answered, ${looks.filter(isError).length} failed`;

describe('while shoppers buy and others look around', () => {
  let seen: Suffered;
  beforeAll(async () => {
    seen = await suffering(target, [[greys[0] as Fault, 10_000], [greys[1] as Fault, 10_000], [failing, 10_000], [bodies, 0]]);
  });

  it('no order is lost, doubled or half done', () => {
    expect(seen.violations).toEqual([]);
  });

  it.each(greys.map(({ name }) => name))('3.3 Replica slow (grey): %s, and it is asked for next to nothing', (name) => {
    const span = seen.span(name);
    const { looks, bad, good } = watched.get(name) as Watched;
    const share = bad / (bad + good);
    const under = atTheDoor(during(seen.calls, { from: span.from, to: span.back }));
    const [p50, p99] = [0.5, 0.99].map((part) => percentile(looks.map(({ ms }) => ms), part));
    tell('3.3 Replica slow (grey)', 'share of that replica <= 5 %', `${span.evidence}; ${bad} of ${bad + good} calls were its, ${(share * 100).toFixed(1)} %; ${toldOf(looks)}, p50 ${p50} ms, p99 ${p99} ms; ${placed(under).length} orders placed, ${failed(under).length} of ${under.length} calls failed`);
    expect(looks.length).toBeGreaterThan(100);
    expect(share).toBeLessThan(0.05);
    expect(looks.filter(isError)).toEqual([]);
    expect(looks.filter(({ status }) => status === 200).length).toBeGreaterThan(looks.length * MOST);
    expect(unserved(under, seen.calls)).toEqual([]);
    expect(placed(under).length).toBeGreaterThan(0);
  });

  it('3.3 Fast-failing replica: does not draw the shop to itself', () => {
    const span = seen.span(failing.name);
    const { looks } = watched.get(failing.name) as Watched;
    const calls = atTheDoor(during(seen.calls, { from: span.from, to: span.back }));
    const all = [...looks, ...waitedFor(calls)];
    const later = all.filter(({ start }) => start >= span.from + FOUND_OUT_MS && start < span.back);
    const errors = later.filter(isError).length;
    tell('3.3 Fast-failing replica', 'error rate <= 1 % after 5 s', `${span.evidence}; ${all.filter(isError).length} of ${all.length} calls failed, ${errors} of ${later.length} from 5 s on; ${toldOf(looks)}; ${placed(calls).length} orders placed`);
    expect(later.length).toBeGreaterThan(100);
    expect(errors).toBeLessThanOrEqual(later.length / 100);
    expect(looks.filter(({ status }) => status === 200).length).toBeGreaterThan(looks.length * MOST);
    expect(unserved(calls, seen.calls)).toEqual([]);
    expect(placed(calls).length).toBeGreaterThan(0);
  });

  it('3.3 Memory / event loop: bodies that are costly to read cost nobody their order, and no process its life', () => {
    const span = seen.span(bodies.name);
    const calls = atTheDoor(during(seen.calls, { from: span.from, to: span.back }));
    const { statuses, megabytes, pids } = heavy as Heavy;
    const grown = megabytes.map((now) => Object.entries(now).map(([name, mb]) => `${name} ${mb}`).join(' '));
    tell('3.3 Memory / event loop', 'no OOM', `${span.evidence}: ${Object.entries(statuses).map(([status, times]) => `${times} × ${status}`).join(', ')}; anonymous MB before, after half and all of them: ${grown.join(' | ')}; ${placed(calls).length} orders placed, ${failed(calls).length} of ${calls.length} calls failed`);
    // Refused for what they say, as too many from one address, or as coming at a bad time.
    expect(Object.keys(statuses).filter((status) => !['400', '401', '404', '413', '422', '429', '503 to come again'].includes(status))).toEqual([]);
    expect(pids.after).toEqual(pids.before);
    const [, half, all] = megabytes;
    // It settles: the second half adds next to nothing to the first.
    for (const [name, mb] of Object.entries(all ?? {})) expect(`${name} ${mb < 1.5 * (half?.[name] ?? 0) + 20}`).toBe(`${name} true`);
    expect(unserved(calls, seen.calls)).toEqual([]);
    expect(placed(calls).length).toBeGreaterThan(0);
  });
});
