import { describe, expect, it } from '@jest/globals';
import { parseCsv } from './csv.ts';

describe('parseCsv', () => {
  it('reads quoted fields with commas, quotation marks and line ends', () => {
    expect(parseCsv('a,b\r\n"1,5","say ""hi""\nthere"\r\n')).toEqual([['a', 'b'], ['1,5', 'say "hi"\nthere']]);
  });

  it('keeps empty fields, also at the end of a line', () => {
    expect(parseCsv('a,,\n,,c')).toEqual([['a', '', ''], ['', '', 'c']]);
  });

  it('refuses a quotation that does not end', () => {
    expect(() => parseCsv('a\n"b')).toThrow('row 2');
  });
});
