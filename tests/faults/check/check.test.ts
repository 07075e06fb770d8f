import { describe, expect, it } from '@jest/globals';
import { check } from './check.ts';
import type { Bug } from './testing/bugs.ts';
import { worldOf } from './testing/model-street.ts';

const SEEDS = Array.from({ length: 12 }, (_, seed) => `seed ${seed}`);
/** Of these seeds so many must show a bug: not every street walks into it. */
const LEAST = 8;
/** By what bugs were caught. */
const decided = new Set<string>();

/** Each bug, the invariants by which it must be noticed, and in how many seeds where that is seldom. */
const CAUGHT: [Bug, string[], number?][] = [
  ['unlocked decrement', ['I1']],
  ['check, then insert of the key', ['I5']],
  ['charge before reserve', ['I3']],
  ['refund forgotten', ['I3', 'I4']],
  ['every paid order ended', ['I6']],
  ['hold ended early', ['I6']],
  ['lost answer forgotten', ['I5', 'I7'], 2],
  ['leaked hold', ['I2']],
  ['another body for the same key', ['I5']],
  ['payload of a key ignored', ['I15']],
  ['keys shared by all', ['I15']],
  ['mail twice', ['I13']],
  ['mail missing', ['I13']],
  ['mail for an unpaid order', ['I13']],
  ['forged event believed', ['I4', 'I16']],
  ['event acknowledged before it is stored', ['I16']],
  ['double charge', ['I4']],
  ['free order', ['I4']],
  ['price of the client believed', ['I9']],
  ['order of somebody else shown', ['I10']],
  ['replica behind', ['I11']],
  ['order lost in a crash', ['I6']],
  ['cart lost', ['I14']],
  ['add repeated', ['I14']],
  ['cart ordered twice', ['I14']],
  ['undersell', ['I12']],
  ['order pending for ever', ['I8']],
  ['retries without a budget', ['I17']],
];

describe('the checker', () => {
  it.each(SEEDS)('finds nothing wrong with a shop that keeps its promises (%s)', (seed) => {
    expect(check(worldOf(seed))).toEqual([]);
  });

  it.each(CAUGHT)('catches: %s', (bug, invariants, least = LEAST) => {
    const caught = SEEDS.map((seed) => check(worldOf(seed, [bug])).map(({ invariant }) => invariant));
    const shares = Object.fromEntries(invariants.map((invariant) => [invariant, caught.filter((found) => found.includes(invariant)).length]));
    expect(Object.entries(shares).filter(([, seeds]) => seeds < least)).toEqual([]);
    for (const invariant of caught.flat()) decided.add(invariant);
  });

  it('has been seen to decide every invariant', () => {
    expect([...decided].sort()).toEqual(Array.from({ length: 17 }, (_, index) => `I${index + 1}`).sort());
  });
});
