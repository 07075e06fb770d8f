import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { matrix, type Row } from './matrix.ts';

const ROOT = join(import.meta.dirname, '../..');
const rows = Object.entries(matrix) as [Row, (typeof matrix)[Row]][];

describe('the rows of the fault matrix', () => {
  it.each(rows)('%s: has a test that names it, or a reason why not', (row, { tests = [], not }) => {
    if (row === 'none of the matrix') return;
    expect(tests.length > 0 || not !== undefined).toBe(true);
    for (const file of tests) expect(readFileSync(join(ROOT, file), 'utf8')).toContain(row);
  });

  it('stand in the README with their tests', () => {
    const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
    const named = rows.filter(([, { tests, not }]) => tests !== undefined || not !== undefined);
    const lines = named.map(([row, { tests, not }]) => `| ${row} | ${tests?.map((file) => `\`${file}\``).join(', ') ?? `not: ${not}`} |`);
    expect(lines.filter((line) => !readme.includes(line))).toEqual([]);
  });
});
