import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Breaker, CallRefused, type Outcome } from './breaker.ts';
import { serveMetrics } from './metrics.ts';
import { recordLog } from './testing/index.ts';

/** As long as the longest pause between two calls that are let through, jitter included. */
const LONGEST_PAUSE_MS = 2500;

let breaker: Breaker;
let log: ReturnType<typeof recordLog>;
beforeEach(() => {
  jest.useFakeTimers();
  log = recordLog();
  breaker = new Breaker({ name: 'shelf', atOnce: 20, log: log.log });
});
afterEach(() => {
  breaker.dispose();
  jest.useRealTimers();
});

/** A call that takes this long. */
function call(outcome: Outcome, ms = 0): void {
  const end = breaker.begin();
  jest.advanceTimersByTime(ms);
  end(outcome);
}

function repeat(times: number, outcome: Outcome, ms: number): void {
  for (let i = 0; i < times; i += 1) call(outcome, ms);
}

const isRefused = () => {
  try {
    breaker.begin()('unknown');
    return false;
  } catch (error) {
    if (error instanceof CallRefused) return true;
    throw error;
  }
};

describe('a circuit', () => {
  it('refuses once five calls in a row had no answer for half a second', () => {
    repeat(4, 'silent', 200);
    expect(isRefused()).toBe(false);
    call('silent', 200);
    expect(isRefused()).toBe(true);
  });

  it('stays closed while failures are quick, as when a neighbour is started anew', () => {
    repeat(100, 'silent', 1);
    expect(isRefused()).toBe(false);
  });

  it('stays closed when many calls to one replica run out of time at once and another one answers', () => {
    const late = Array.from({ length: 10 }, () => breaker.begin());
    jest.advanceTimersByTime(1500);
    call('answered');
    for (const end of late) end('silent');
    expect(isRefused()).toBe(false);
  });

  it('counts no call that tells nothing about the other side', () => {
    repeat(20, 'unknown', 200);
    expect(isRefused()).toBe(false);
  });

  it('lets one call through now and then, and closes with the first answer', () => {
    repeat(5, 'silent', 200);
    jest.advanceTimersByTime(LONGEST_PAUSE_MS);
    const probe = breaker.begin();
    expect(isRefused()).toBe(true);
    probe('silent');
    expect(isRefused()).toBe(true);
    jest.advanceTimersByTime(LONGEST_PAUSE_MS);
    const second = breaker.begin();
    expect(isRefused()).toBe(true);
    second('answered');
    expect(isRefused()).toBe(false);
  });

  it('does not wait for one that was let through and hangs', () => {
    repeat(5, 'silent', 200);
    jest.advanceTimersByTime(LONGEST_PAUSE_MS);
    breaker.begin();
    jest.advanceTimersByTime(LONGEST_PAUSE_MS);
    call('answered');
    expect(isRefused()).toBe(false);
  });

  it('closes with the answer to a call from before it opened', () => {
    const slow = breaker.begin();
    repeat(5, 'silent', 200);
    slow('answered');
    expect(isRefused()).toBe(false);
  });

  it('says once that nobody answers, and once that somebody does', () => {
    repeat(5, 'silent', 200);
    for (let i = 0; i < 5; i += 1) {
      jest.advanceTimersByTime(LONGEST_PAUSE_MS);
      call('silent', 200);
    }
    jest.advanceTimersByTime(LONGEST_PAUSE_MS);
    repeat(3, 'answered', 1);
    expect(log.lines.map((line) => JSON.parse(line)).map(({ circuit, msg }) => [circuit, msg])).toEqual([
      ['shelf', 'nobody answers: refusing calls until somebody does'],
      ['shelf', 'calls are answered again'],
    ]);
  });

  it('tells its state as a metric', async () => {
    expect(await gauge()).toBe(0);
    repeat(5, 'silent', 200);
    expect(await gauge()).toBe(1);
    jest.advanceTimersByTime(LONGEST_PAUSE_MS);
    const end = breaker.begin();
    expect(await gauge()).toBe(0.5);
    end('answered');
    expect(await gauge()).toBe(0);
  });
});

describe('a bulkhead', () => {
  it('refuses the call that is one too many, and takes another once one has ended', () => {
    const ends = Array.from({ length: 15 }, () => breaker.begin());
    expect(isRefused()).toBe(true);
    ends[0]?.('answered');
    expect(isRefused()).toBe(false);
  });

  it('has room for what is worth most when browsing has taken all that it may', () => {
    for (let i = 0; i < 15; i += 1) breaker.begin();
    expect(isRefused()).toBe(true);
    for (let i = 0; i < 5; i += 1) breaker.begin(true);
    expect(() => breaker.begin(true)).toThrow(CallRefused);
  });
});

async function gauge(): Promise<number> {
  const text = await new Promise<string>((resolve) => serveMetrics({} as never, { setHeader: () => undefined, end: resolve } as never));
  return Number(/emall_client_circuit\{[^}]*server_address="shelf"[^}]*\} (\S+)/.exec(text)?.[1]);
}
