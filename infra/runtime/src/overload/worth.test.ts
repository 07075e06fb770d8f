import { describe, expect, it } from '@jest/globals';
import { worthOfCall } from './worth.ts';

describe('what a call is worth', () => {
  it.each([
    ['GET', '0', 0],
    ['POST', '7', 7],
    ['GET', undefined, 5],
    ['HEAD', undefined, 5],
    ['POST', undefined, 1],
    ['PUT', '8', 1],
    ['GET', '-1', 5],
    ['GET', '', 5],
    ['GET', '3, 0', 5],
  ])('%s from a caller that says %p is %i', (method, said, worth) => {
    expect(worthOfCall({ method, headers: said === undefined ? {} : { 'x-emall-worth': said } })).toBe(worth);
  });
});
