import { describe, expect, it } from '@jest/globals';
import { reportOf } from './report.ts';
import type { Result } from './run.ts';

const result: Result = {
  seed: 's',
  at: '2027-03-01T10:00:00.000Z',
  prefix: 'f1',
  behindProxies: false,
  faults: ['kill a cart (1.0 s, for 2.0 s)'],
  rows: ['3.3 Replica killed'],
  drive: { checkouts: 100, ok: 70, fail: 25, info: 5, calls: 900 },
  pendingMs: 4000,
  ms: 30_000,
  violations: [],
};

describe('the report', () => {
  it('adds up what the schedules saw, and by row of the matrix', () => {
    const text = reportOf([result, { ...result, seed: 's-1', at: '2027-03-02T10:00:00.000Z', rows: ['3.3 Replica killed', '3.2 Down'], pendingMs: 9000 }], 'a machine');
    expect(text).toContain('2 schedules of faults from 2027-03-01 to 2027-03-02, on a machine.');
    expect(text).toContain('| checkouts (a shopper and a key) | 200 |');
    expect(text).toContain('| 140, 50, 10 |');
    expect(text).toContain('longest 9.0 s');
    expect(text).toContain('| 3.3 Replica killed | 2 | 200 |');
    expect(text).toContain('| 3.2 Down | 1 | 100 |');
    expect(text).toContain('## Violations\n\nNone.\n');
  });

  it('names each violation with the command that replays it', () => {
    const text = reportOf([{ ...result, violations: [{ invariant: 'I1', what: 'three of two were sold' }] }], 'a machine');
    expect(text).toContain('- `npm run faults -- --seed s --schedules 1`\n  - I1: three of two were sold');
    expect(text).not.toContain('None.');
  });
});
