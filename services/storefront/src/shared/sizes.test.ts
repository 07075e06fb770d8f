import { describe, expect, it } from '@jest/globals';
import { bySize } from './sizes.ts';

describe('bySize', () => {
  it.each([
    ['letters', 'XXS XS S S/M M L L/XL XL XXL 3XL 4XL'],
    ['words for them', 'Small Medium Large'],
    ['numbers', '1 2 10'],
    ['numbers of a kind', 'UK 1|UK 3|UK 10|UK 12|UK 10 child|UK 12 child'],
    ['other labels', 'A2|A4|A5|Size 3|Size 10'],
    ['strengths', '+1.0|+1.5|+2.0'],
    ['parts', '1/4|1/2|3/4|4/4'],
    ['lengths', '40 mm|12 cm|15 cm|8-inch|110 cm|2 m'],
    ['volumes and weights', '128 GB|1 TB|250 ml|75 cl|1 litre|2 litres|70 g|500 g|1 kg|1.5 kg'],
    ['waists', 'W28 L30|W30 L30|W30 L32|W36 L34'],
    ['letters, numbers and names', 'S|XL|36|38|Cherry|Double|Single'],
  ])('puts %s from small to large', (_what, text) => {
    const sizes = text.split(text.includes('|') ? '|' : ' ');
    expect(bySize(sizes.toReversed(), (size) => size)).toEqual(sizes);
    expect(bySize(sizes.toSorted(), (size) => size)).toEqual(sizes);
  });

  it('keeps what it sorts', () => {
    const values = [{ value: 'L', count: 9 }, { value: 'S', count: 1 }];
    expect(bySize(values, ({ value }) => value)).toEqual([values[1], values[0]]);
  });
});
