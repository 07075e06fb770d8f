import { describe, expect, it } from '@jest/globals';
import { choicesOf } from './choices.ts';

const variant = (sku: string, options: Record<string, string>, available = 9) => ({ sku, options, picture: null, price: { amount: 100, currency: 'GBP' }, was: null, available });

describe('choicesOf', () => {
  it('has nothing to choose where there is one kind', () => {
    const { name, choices } = choicesOf([variant('ONE', {})]);
    expect([name, choices.length]).toEqual([undefined, 1]);
  });

  it('offers one option as it is', () => {
    const { name, second, choices } = choicesOf([variant('S', { size: 'S' }), variant('M', { size: 'M' }, 0)]);
    expect([name, second]).toEqual(['size', undefined]);
    expect(choices.map(({ index, label, available }) => [index, label, available])).toEqual([[1, 'S', true], [2, 'M', false]]);
  });

  it('asks for the colour first, whatever comes first in the data', () => {
    const { name, second, choices } = choicesOf([
      variant('S-RED', { size: 'S', colour: 'Red' }, 0),
      variant('M-RED', { size: 'M', colour: 'Red' }, 0),
      variant('S-BLUE', { size: 'S', colour: 'Blue' }),
    ]);
    expect([name, second]).toEqual(['colour', 'size']);
    expect(choices.map(({ label, variants, available }) => [label, variants.length, available])).toEqual([['Red', 2, false], ['Blue', 1, true]]);
  });

  it('gives more colours than the style sheet knows as one flat list', () => {
    const many = Array.from({ length: 13 }, (_, index) => variant(`V${index}`, { colour: `Colour ${index}`, size: 'S' }));
    const { second, choices } = choicesOf(many);
    expect(second).toBeUndefined();
    expect(choices[12]?.label).toBe('Colour 12, S');
  });
});
