import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makeReadable } from './files.ts';
import { temporaryFolder } from './testing/folder.ts';

const folder = temporaryFolder();

describe('what a daemon of another user must read', () => {
  it('can be read although it was made under a strict umask, and a link leads to nothing else', () => {
    const place = join(folder, 'static/pictures');
    const [picture, program, secret] = [join(place, 'lamp.webp'), join(place, 'program'), join(folder, 'secret')];
    mkdirSync(place, { recursive: true });
    for (const file of [picture, program, secret]) writeFileSync(file, '', { mode: 0o600 });
    chmodSync(program, 0o700);
    chmodSync(place, 0o700);
    symlinkSync(secret, join(place, 'link'));
    makeReadable(join(folder, 'static'));
    expect([place, picture, program, secret].map((path) => statSync(path).mode & 0o777)).toEqual([0o755, 0o644, 0o755, 0o600]);
  });
});
