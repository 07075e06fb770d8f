import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PATIENT, withPatience } from './deps.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('the calls of a job to the provider', () => {
  it('have five seconds altogether, and four each', async () => {
    const left = await withPatience(async () => {
      const first = PATIENT.timeoutMs;
      await jest.advanceTimersByTimeAsync(3000);
      const second = PATIENT.timeoutMs;
      await jest.advanceTimersByTimeAsync(3000);
      return [first, second, PATIENT.timeoutMs];
    });
    expect(left).toEqual([4000, 2000, 1]);
  });
});
