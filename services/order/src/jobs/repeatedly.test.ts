import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { repeatedly } from './repeatedly.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Work that takes until it is told to end. */
function slowWork() {
  let end = () => {};
  const work = jest.fn(() => new Promise<void>((resolve) => (end = resolve)));
  return { work, end: async () => (end(), await jest.advanceTimersByTimeAsync(0)) };
}

describe('what is done repeatedly', () => {
  it('does not queue up while it takes longer than its interval', async () => {
    const { work, end } = slowWork();
    repeatedly(1000, work);
    await jest.advanceTimersByTimeAsync(5500);
    expect(work).toHaveBeenCalledTimes(1);
    await end();
    expect(work).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('is done once more when it is asked for meanwhile, however often', async () => {
    const { work, end } = slowWork();
    const { now } = repeatedly(60_000, work);
    for (let n = 0; n < 5; n += 1) now();
    expect(work).toHaveBeenCalledTimes(1);
    await end();
    expect(work).toHaveBeenCalledTimes(2);
    await end();
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('ends with what is under way', async () => {
    const { work, end } = slowWork();
    const { now, stop } = repeatedly(1000, work);
    now();
    now();
    const stopped = stop();
    await end();
    await stopped;
    await jest.advanceTimersByTimeAsync(5000);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
