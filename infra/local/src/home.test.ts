import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openHome } from './home.ts';
import { temporaryFolder } from './testing/folder.ts';

const folder = temporaryFolder();

describe('the home of a shop', () => {
  it.each(["with blanks, ü and an apostrophe's", 'with; semicolon$'])('may be a folder %s', (name) => {
    expect(existsSync(openHome(join(folder, name)).logs)).toBe(true);
  });

  it.each(['with "quotes"', 'with \\', 'with\nlines'])('is refused in one line, and not made, where esbuild would break: %j', (name) => {
    const path = join(folder, name);
    expect(() => openHome(path)).toThrow(`EMALL_HOME may have no quotation mark, backslash or control character in its path: ${JSON.stringify(path)}`);
    expect(existsSync(path)).toBe(false);
  });

  it.each(['a file', 'a file/below'])('is refused by its name where no folder can be made: %s', (name) => {
    writeFileSync(join(folder, 'a file'), '');
    expect(() => openHome(join(folder, name))).toThrow(`EMALL_HOME cannot be ${join(folder, name)}: `);
  });
});
