import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRecords } from './records.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emall-records-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string) {
  const file = join(folder, 'file.csv');
  await writeFile(file, content);
  const records: [line: number, what: string[] | string][] = [];
  for await (const record of readRecords(file)) records.push([record.line, 'cells' in record ? record.cells : record.fault]);
  return records;
}

const OPEN = 'a quotation mark is opened and never closed';

describe('reading the records of a file', () => {
  it('knows the line of each, past byte order mark, blank lines and line breaks between quotation marks', async () => {
    expect(await read('\uFEFFsku,name\r\na,"x\r\n""y"""\r\n\r\nb,14" pan\n')).toEqual([[1, ['sku', 'name']], [2, ['a', 'x\r\n"y"']], [5, ['b', '14" pan']]]);
  });

  it('goes on after a quotation mark that is never closed', async () => {
    expect(await read('h,i\na,"open\nb,1\n"c","2"\nd,"open too\ne,3')).toEqual([[1, ['h', 'i']], [2, OPEN], [3, ['b', '1']], [4, ['c', '2']], [5, OPEN], [6, ['e', '3']]]);
  });

  it('is not led astray in a file larger than what is read at once', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => (i === 15_000 ? 'x,"open' : `sku-${i},${'n'.repeat(i % 30)}`));
    const records = await read(`h,i\n${rows.join('\n')}\n`);
    expect(records).toHaveLength(20_001);
    expect(records[15_001]).toEqual([15_002, OPEN]);
    expect(records.at(-1)).toEqual([20_001, ['sku-19999', 'n'.repeat(19_999 % 30)]]);
  });

  it('brings back whatever was written, each on its line', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', ' ', '💡'), maxLength: 8 });
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 20 }), async (rows) => {
      const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
      let line = 2;
      const expected = rows.map((cells) => {
        const at = line;
        line += 1 + cells.join('').split('\n').length - 1;
        return [at, cells];
      });
      expect(await read(`h,i\n${rows.map((cells) => `${cells.map(quote).join(',')}\n`).join('')}`)).toEqual([[1, ['h', 'i']], ...expected]);
    }), { numRuns: 50 });
  });
});
