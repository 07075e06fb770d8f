import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../testing/folder.ts';
import { canReach } from './unprivileged.ts';

const stranger = { name: 'stranger', group: 'strangers', uid: 64_000, gid: 64_000 };

describe('whether an unprivileged user can reach a path', () => {
  const root = temporaryFolder();
  const inner = join(root, 'home/shop');
  mkdirSync(inner, { recursive: true });
  const file = join(inner, 'file');
  writeFileSync(file, '');

  it.each([
    ['a folder open to all', 0o755, 0o755, 0o644, true],
    ['a home folder of mode 0700', 0o700, 0o755, 0o644, false],
    ['a folder that may be walked through but not listed', 0o711, 0o755, 0o644, true],
    ['a file for its owner alone', 0o755, 0o755, 0o600, false],
  ])('%s', (_what, home, shop, own, reachable) => {
    chmodSync(root, 0o755);
    chmodSync(join(root, 'home'), home);
    chmodSync(inner, shop);
    chmodSync(file, own);
    expect(canReach(stranger, file)).toBe(reachable);
  });
});
