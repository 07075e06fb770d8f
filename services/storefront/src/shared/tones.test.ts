import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { rampOf, toneOf, TONES } from './tones.ts';

const styles = readFileSync(new URL('../../assets/styles/tones.css', import.meta.url), 'utf8');

describe('tones', () => {
  it.each(TONES)('%s has its class, which names its filter', (tone) => {
    expect(styles).toContain(`.tone-${tone} { --tone: url('#tone-${tone}'); }`);
  });

  it.each([
    ['Red', 'red'],
    ['Forest green', 'forest'],
    ['Light grey', 'grey'],
    ['Ivory', 'cream'],
    ['constructor', undefined],
    ['20 cm', undefined],
    [undefined, undefined],
  ])('understands %s as %s', (name, tone) => {
    expect(toneOf(name)).toBe(tone);
  });

  it('runs from shade to highlight and never leaves the scale', () => {
    for (const channel of TONES.flatMap(rampOf)) {
      const values = channel.split(' ').map(Number);
      expect(values).toHaveLength(5);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      expect(Math.max(...values)).toBeLessThanOrEqual(1);
    }
  });
});
