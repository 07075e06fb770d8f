import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openHome, ROOT } from '../../../infra/local/src/home.ts';
import { isAlive } from '../../../infra/local/src/system/processes.ts';
import { readTopology } from '../../../infra/local/src/topology.ts';
import { until } from '../../local/shop.ts';

// A shop has to be built and started.
const LONG_MS = 240_000;
const SMALL = ['--products', '0', '--capacity', '4/20', '--normal', '8', '--ramp', '1', '--surge', '60'];

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGTERM'));

describe('npm run incident', () => {
  it('puts everything back when it is interrupted in the middle', async () => {
    let said = '';
    const running = spawn(process.execPath, [join(ROOT, 'tests/surge/main.ts'), 'incident', ...SMALL], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    child = running;
    running.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const over = new Promise<number | null>((resolve) => running.once('close', resolve));
    const hears = (text: string) => until(() => said.includes(text) || running.exitCode !== null, LONG_MS, () => `"${text}" was not said:\n${said}`);

    await hears('the index of the listings is gone');
    const home = /Starting a shop in (\S+)/.exec(said)?.[1] ?? '';
    const started = readTopology(openHome(home));
    expect(started?.processes.length).toBeGreaterThan(10);
    running.kill('SIGINT');

    expect(await over).toBe(130);
    expect(said).toContain('the index is back, and the connections are free');
    expect(started?.processes.filter(isAlive)).toEqual([]);
    expect(existsSync(home)).toBe(false);
  }, LONG_MS * 2);
});
