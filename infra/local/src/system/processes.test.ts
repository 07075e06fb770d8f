import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { identify, isAlive, signal, stopProcess } from './processes.ts';

const idle = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });

describe('a recorded process', () => {
  it('is known by its start, so that a later one with its pid is never signalled', async () => {
    const child = idle();
    const id = identify(child.pid ?? 0);
    if (id === undefined) throw new Error('not identified');
    expect(isAlive(id)).toBe(true);
    expect(isAlive({ ...id, started: `${id.started}0` })).toBe(false);
    expect(signal({ ...id, started: `${id.started}0` }, 'SIGKILL')).toBe(false);
    expect(isAlive(id)).toBe(true);
    await stopProcess(id);
    expect(isAlive(id)).toBe(false);
  });

  it('is killed when it does not end in time', async () => {
    const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')"]);
    await once(child.stdout, 'data');
    const id = identify(child.pid ?? 0);
    if (id === undefined) throw new Error('not identified');
    await stopProcess(id, 'SIGTERM', 200);
    expect(isAlive(id)).toBe(false);
  });
});
