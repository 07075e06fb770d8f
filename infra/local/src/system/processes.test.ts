import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { freePort } from './ports.ts';
import { identify, isAlive, signal, stopProcess } from './processes.ts';
import { unprivilegedUser } from './unprivileged.ts';

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

const user = unprivilegedUser();
const describeAsRoot = process.platform === 'linux' && user !== undefined ? describe : describe.skip;

describeAsRoot('who listens on a port', () => {
  it('is told by root in a container too, which may not look into the processes of others', async () => {
    const port = await freePort(`a daemon of test ${process.pid}`);
    const listener = spawn(process.execPath, ['-e', `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('ready'))`], { cwd: '/', ...user });
    await once(listener.stdout, 'data');
    const ask = `import { listensOn } from ${JSON.stringify(import.meta.resolve('./processes.ts'))}; console.log(listensOn(${listener.pid}, ${port}), listensOn(${process.pid}, ${port}))`;
    const { stdout } = spawnSync('setpriv', ['--bounding-set', '-sys_ptrace', process.execPath, '--input-type=module', '-e', ask], { encoding: 'utf8' });
    listener.kill();
    expect(stdout).toBe('true false\n');
  });
});
