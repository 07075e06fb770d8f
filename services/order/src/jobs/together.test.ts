import { expect, it } from '@jest/globals';
import { together } from './together.ts';

it('what is asked within a moment is one question, and what comes later another', async () => {
  const asked: number[][] = [];
  const ask = together(async (all: readonly number[]) => {
    asked.push([...all]);
    return all.length;
  });
  expect(await Promise.all([ask(1), ask(2), ask(3)])).toEqual([3, 3, 3]);
  expect(await ask(4)).toBe(1);
  expect(asked).toEqual([[1, 2, 3], [4]]);
});

it('a question that fails does so for all who asked, and the next is asked all the same', async () => {
  let fails = true;
  const ask = together(async (all: readonly number[]) => {
    if (fails) throw new Error('no answer');
    return all.length;
  });
  const outcomes = await Promise.allSettled([ask(1), ask(2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await ask(3)).toBe(1);
});
