import { describe, expect, it } from '@jest/globals';
import { partsOf, sumOf } from './parts.ts';

describe('the parts of a run', () => {
  it('are one where tests are named', () => {
    expect(partsOf(['services/cart', '-t', 'two first clicks'])).toEqual([['services/cart', '-t', 'two first clicks']]);
  });

  it('are two where all are run, and each test is in one of them', () => {
    const [first = [], second = []] = partsOf(['--silent']);
    const [whole = ''] = second.slice(-1);
    expect(first.at(-1)).toBe(whole);
    expect([first[0], second[0], second.includes('--runInBand'), first.includes('--runInBand')]).toEqual(['--silent', '--silent', true, false]);
    const isWhole = (path: string) => new RegExp(whole).test(path);
    expect(['tests/e2e/journey.test.ts', 'tests/local/edge.test.ts', 'tests/faults/overload.test.ts', 'tests/surge/crowd.test.ts'].every(isWhole)).toBe(true);
    expect(['services/cart/src/lines/routes.test.ts', 'infra/local/src/system/ports.test.ts', 'tests/bench/stats.test.ts'].some(isWhole)).toBe(false);
  });
});

describe('the last line', () => {
  it('sums what the runs said', () => {
    expect(sumOf(['3 passed, 0 failed', '2 passed, 1 failed, 4 skipped'])).toBe('5 passed, 1 failed, 4 skipped');
    expect(sumOf(['7 passed, 2 failed'])).toBe('7 passed, 2 failed');
    expect(sumOf([])).toBe('0 passed, 0 failed');
  });
});
