import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { temporaryFolder } from '../testing/folder.ts';
import { createReporter } from './report.ts';

const folder = temporaryFolder();

describe('what the supervisor has to say', () => {
  it('is said on the terminal although the log cannot be written', () => {
    const log = join(folder, 'emall.log');
    mkdirSync(log);
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    createReporter(log)('cart-1 is back');
    expect(write).toHaveBeenCalledWith('cart-1 is back\n');
    write.mockRestore();
  });
});
