import { describe, expect, it } from '@jest/globals';
import { reportOf } from './report.ts';
import type { Result } from './run.ts';

const result: Result = {
  seed: 's',
  at: '2027-03-01T10:00:00.000Z',
  prefix: 'f1',
  behindProxies: false,
  faults: ['kill a cart (1.0 s, for 2.0 s)'],
  met: ['kill a cart'],
  rows: ['3.3 Replica killed'],
  drive: { checkouts: 100, ok: 70, fail: 25, info: 5, calls: 900 },
  closing: { checkouts: 10, ok: 8, fail: 2, info: 0, calls: 30 },
  afterwards: { checkouts: 20, ok: 18, fail: 2, info: 0, calls: 40 },
  kinds: { payment: 9, 'sold out': 0 },
  pendingMs: 4000,
  ms: 30_000,
  violations: [],
};

describe('the report', () => {
  it('adds up what the schedules saw, and by row of the matrix', () => {
    const text = reportOf([result, { ...result, seed: 's-1', at: '2027-03-02T10:00:00.000Z', rows: ['3.3 Replica killed', '3.2 Down'], pendingMs: 9000 }], ['kill a cart'], 'a machine');
    expect(text).toContain('2 schedules of faults from 2027-03-01 to 2027-03-02, on a machine.');
    expect(text).toContain('| checkouts (a shopper and a key) | 220 |');
    expect(text).toContain('| 156, 54, 10 |');
    expect(text).toContain('longest 9.0 s');
    expect(text).toContain('| 3.3 Replica killed | 2 | 200 |');
    expect(text).toContain('| 3.2 Down | 1 | 100 |');
    expect(text).toContain('## Violations\n\nNone.\n');
  });

  it('names each violation with the command that replays it', () => {
    const text = reportOf([{ ...result, violations: [{ invariant: 'I1', what: 'three of two were sold' }] }], ['kill a cart'], 'a machine');
    expect(text).toContain('- `npm run faults -- --seed s --schedules 1`\n  - I1: three of two were sold');
    expect(text).not.toContain('None.');
  });

  it('names what was never met', () => {
    const results = [result, { ...result, kinds: { payment: 0, 'sold out': 0 } }];
    expect(reportOf(results, ['kill a cart', 'crash postgres'], 'a machine')).toContain('Never met: crash postgres, sold out.');
    expect(reportOf([{ ...result, kinds: { payment: 1 } }], ['kill a cart'], 'a machine')).not.toContain('Never met');
  });
});
