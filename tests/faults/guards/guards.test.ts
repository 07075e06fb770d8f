import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../../../infra/local/src/home.ts';
import { timesIn } from './copy.ts';
import { judge } from './judge.ts';
import { guards, witnesses } from './list.ts';
import { escape, type TestRun } from './suite.ts';

const read = (file: string) => (existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '');

/** Whether a test of the file is called so, or in part; `%s` and `$name` in a title of a table stand for anything. */
function hasTest(file: string, name: string): boolean {
  const whole = read(file);
  const titles = [...whole.matchAll(/(['"`])((?:\\.|(?!\1).)*)\1/g)].map(([, , title = '']) => title.split(/%[sjp]|\$\w+/));
  return whole.includes(name) || titles.some((parts) => parts.length > 1 && new RegExp(`^${parts.map(escape).join('.+')}$`).test(name));
}

describe('the list of guards', () => {
  it('names each once, and finds it once in its file', () => {
    expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length);
    const lost = guards.filter(({ file, text, instead }) => timesIn(read(file), text) !== 1 || text === instead);
    expect(lost.map(({ name, file }) => `${name} (${file})`)).toEqual([]);
  });

  it('names tests that exist, and for each file a witness', () => {
    const lost = guards.filter(({ caughtBy: [file, test] }) => !hasTest(file, test) || !hasTest(file, witnesses[file] ?? 'nobody'));
    expect(lost.map(({ name, caughtBy }) => `${name}: ${caughtBy.join(' > ')}`)).toEqual([]);
  });
});

describe('the verdict over a guard that was taken away', () => {
  const [guard] = guards;
  if (!guard) throw new Error('there is no guard');
  const [file, test] = guard.caughtBy;
  const run = (message: string | undefined, witness: 'passed' | 'failed' = 'passed'): TestRun => ({
    tests: [
      { file, name: `a group ${test} in full`, status: message === undefined ? 'passed' : 'failed', message: message ?? '' },
      { file, name: 'a group the plain story', status: witness, message: '' },
    ],
    broken: [],
  });
  const verdict = (tests: TestRun) => judge(guard, 'the plain story', tests).outcome;

  it('is that it was missed by nobody when all stays green', () => {
    expect(verdict(run(undefined))).toBe('missed');
  });

  it('is that it was caught when its test fails by what it asserts and the plain story goes on', () => {
    expect(judge(guard, 'the plain story', run('Error: expect(received).toBe(expected)\n\nExpected: 1\nReceived: 2\n    at x.ts'))).toEqual({
      outcome: 'caught',
      red: [`a group ${test} in full`],
      because: 'Error: expect(received).toBe(expected) · Expected: 1 · Received: 2',
    });
  });

  it.each([
    ['the plain story fails too', run('Error: expect(received).toBe(expected)', 'failed')],
    ['its statement is no SQL', run('error: syntax error at or near "where"')],
    ['the machine was too slow', run('thrown: "Exceeded timeout of 90000 ms for a test.')],
    ['the file does not load', { tests: [], broken: [{ file, message: 'SyntaxError: Unexpected token' }] }],
    ['the test did not run', { tests: [], broken: [] }],
  ])('is that nothing is proved when %s', (_what, tests) => {
    expect(verdict(tests)).toBe('no proof');
  });
});
