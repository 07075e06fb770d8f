import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parseCsv } from '../../infra/local/src/build/csv.ts';
import { toneOf } from '../../services/storefront/src/shared/tones.ts';

it('every colour of the demonstration catalogue is one that the storefront can draw', () => {
  const file = join(import.meta.dirname, '../../services/catalog/demo/products.csv');
  const [header = [], ...rows] = parseCsv(readFileSync(file, 'utf8'));
  const colours = new Set(rows.map((row) => row[header.indexOf('option.colour')] ?? '').filter((colour) => colour !== ''));
  expect([...colours].filter((colour) => toneOf(colour) === undefined)).toEqual([]);
  expect(colours.size).toBeGreaterThan(0);
});
