import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../testing/folder.ts';
import { takeLock, withLock } from './lock.ts';

const folder = temporaryFolder();

describe('a lock', () => {
  it('names who has it', () => {
    const path = join(folder, 'named');
    const lock = takeLock(path);
    expect(takeLock(path)).toMatchObject({ holder: { pid: process.pid } });
    if ('release' in lock) lock.release();
    expect(takeLock(path)).toHaveProperty('release');
  });

  it('is taken over from a holder that has died, or that never wrote its name', () => {
    for (const content of [JSON.stringify({ pid: process.pid, started: 'long ago' }), '']) {
      const path = join(folder, `dead-${content.length}`);
      writeFileSync(path, content);
      expect(takeLock(path)).toHaveProperty('release');
    }
    expect(readdirSync(folder).filter((name) => name.includes('.'))).toEqual([]);
  });

  it('lets one work at a time', async () => {
    const path = join(folder, 'busy');
    let inside = 0;
    let most = 0;
    await Promise.all(Array.from({ length: 4 }, () => withLock(path, async () => {
      most = Math.max(most, (inside += 1));
      await sleep(10);
      inside -= 1;
    })));
    expect(most).toBe(1);
  });
});
