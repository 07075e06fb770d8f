import { describe, expect, it } from '@jest/globals';
import type { Level, Place } from './level.ts';
import { Limiter } from './limiter.ts';
import type { Worth } from './worth.ts';

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

  it('keeps browsing waiting for 5 ms where there is always a queue, and who orders for 25 as before', () => {
    const { ask, pass } = opened();
    const rush = (worth: Worth) => Array.from({ length: 33 }, () => ask(worth)).at(16) as { outcome: string };
    for (let look = 0; look < 3; look += 1) {
      for (const worth of [1, 5] as const) expect(rush(worth).outcome).toBe('waiting');
      pass(20);
      for (const worth of [1, 5] as const) expect(ask(worth).outcome).toBe('refused');
      pass(80);
    }
    const [order, list] = [rush(1), rush(5)];
    pass(5);
    expect([order.outcome, list.outcome]).toEqual(['waiting', 'refused']);
    pass(20);
    expect(order.outcome).toBe('refused');
  });

  it('keeps browsing waiting for 5 ms where there is a queue in most looks, and for 25 again once there was none for a while', () => {
    const { ask, pass } = opened();
    const rush = () => Array.from({ length: 33 }, () => ask(5)).at(16) as { outcome: string };
    for (let look = 0; look < 9; look += 1) {
      if (look % 3 < 2) rush();
      pass(100);
      // Ends the look.
      ask(3);
    }
    const short = rush();
    pass(5);
    expect(short.outcome).toBe('refused');
    for (let look = 0; look < 30; look += 1) {
      pass(100);
      ask(3);
    }
    const long = rush();
    pass(20);
    expect(long.outcome).toBe('waiting');
    pass(5);
    expect(long.outcome).toBe('refused');
  });

  it('turns nobody away while next to nothing is under way, whatever it was cut to', () => {
    const { ask, limiter, held } = opened();
    (limiter.levels[5] as Level).limit = 0;
    expect(['admitted', 'admitted', 'admitted', 'admitted', 'refused']).toEqual(Array.from({ length: 5 }, () => ask(5).outcome));
    limiter.leave(held.pop() as Place, false);
    expect(ask(5).outcome).toBe('admitted');
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

  it('is of what the shop works for, and not of who waits for somebody outside', () => {
    const { ask, pass, limiter, held } = opened();
    const level = limiter.levels[1] as Level;
    for (let i = 0; i < 8; i += 1) {
      ask(1);
      pass(200);
      limiter.leave(held.pop() as Place, false, 180);
    }
    expect([level.limit, level.room]).toEqual([16, 160]);
    // The provider has become fast: who was let in for it to wait for is at work here.
    for (let i = 0; i < 100; i += 1) {
      ask(1);
      pass(20);
      limiter.leave(held.pop() as Place, false);
    }
    expect(level.room).toBeLessThan(2 * level.limit);
  });

  it('finds its way back from nothing although worthier work stays slow and full for reasons of its own', () => {
    const { ask, pass, limiter, held } = opened();
    const browse = (worth: Worth) => {
      if (ask(worth).outcome === 'admitted') limiter.leave(held.pop() as Place, false);
    };
    const orders = limiter.levels[1] as Level;
    const sell = (seconds: number) => {
      for (let round = 0; round < seconds * 2; round += 1) {
        // Of twelve orders eight find room: half of them take 10 ms, the others 400.
        for (let i = 0; i < 12; i += 1) ask(1);
        pass(10);
        for (const place of held.splice(0, 4)) limiter.leave(place, false);
        for (const ms of [100, 100, 100, 90]) {
          for (const worth of [4, 5, 6, 7] as const) browse(worth);
          pass(ms);
        }
        for (const place of held.splice(0)) limiter.leave(place, false);
        pass(100);
      }
    };
    sell(10);
    expect(orders.limit).toBe(8);
    for (const level of limiter.levels.slice(4)) level.limit = 0;
    sell(10);
    expect([orders.lateness > 25, orders.wasFull]).toEqual([true, true]);
    for (const level of limiter.levels.slice(4)) expect(level.limit).toBeGreaterThan(0);
  });

  it('takes for usual what has become slower for good', () => {
    const open = opened();
    open.serve(5, 100, 10);
    open.serve(5, 20, 200);
    expect(open.limiter.levels[5]?.limit).toBe(2);
    open.serve(5, 60, 200);
    expect(open.limiter.levels[5]?.excess).toBeLessThan(25);
  });

  it('takes it for usual as soon where it is seldom asked for', () => {
    const open = opened();
    const seldom = (times: number, ms: number) => {
      for (let i = 0; i < times; i += 1) {
        open.serve(1, 1, ms);
        open.pass(1000 - ms);
      }
    };
    seldom(20, 10);
    seldom(24, 200);
    expect(open.limiter.levels[1]?.excess).toBeLessThan(25);
  });

  it.each([
    ['all of it', 16],
    ['the later half', 8],
  ])('does not take for usual how slow a rush makes a new process: %s is answered', (_what, answered) => {
    const { ask, pass, limiter, held } = opened();
    for (let round = 0; round < 5; round += 1) {
      for (let i = held.length; i < 16; i += 1) ask(5);
      pass(200);
      for (const place of held.splice(-answered)) limiter.leave(place, false);
    }
    expect(limiter.levels[5]?.limit).toBeLessThan(8);
  });

  it('keeps nobody of a new process from what is slow by nature', () => {
    const { ask, pass, limiter, held } = opened();
    const asked = Array.from({ length: 1000 }, (_, i) => {
      if (i >= 10) limiter.leave(held.shift() as Place, false);
      const one = ask(3);
      pass(20);
      return one;
    });
    expect(new Set(asked.map(({ outcome }) => outcome))).toEqual(new Set(['admitted']));
  });
});
