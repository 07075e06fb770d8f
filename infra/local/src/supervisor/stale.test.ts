import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../testing/folder.ts';
import { openHome } from '../home.ts';
import { identify, isAlive, type ProcessId, signal } from '../system/processes.ts';
import { type TopologyProcess, writeTopology } from '../topology.ts';
import { drainOrder, stopStale } from './stale.ts';

const folder = temporaryFolder();

function idle(): ProcessId {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
  return identify(child.pid ?? 0) ?? { pid: 0, started: '' };
}

const entry = (name: string, id: ProcessId): TopologyProcess => ({
  ...id, name, service: name.replace(/-\d$/, ''), replica: 1, version: '1', port: 1, state: 'ready', restarts: 0, startedAt: '', log: '', command: [],
});

describe('what a killed supervisor has left', () => {
  it('is stopped, and a process that merely has the pid of one of them is not', async () => {
    const home = openHome(folder);
    const ours = idle();
    const foreign = idle();
    writeTopology(home, {
      baseUrl: '', currency: '', home: home.path, startedAt: '', redis: { host: '', port: 1 }, database: { host: '', port: 1, name: '' },
      supervisor: { pid: 1, started: 'gone', command: '', log: '', controlPort: 1 },
      processes: [entry('cart-1', ours), entry('cart-2', { ...foreign, started: 'an hour ago' })],
    });
    expect(await stopStale(home)).toEqual(['cart-1']);
    expect(isAlive(ours)).toBe(false);
    expect(isAlive(foreign)).toBe(true);
    expect(existsSync(home.topology)).toBe(false);
    signal(foreign, 'SIGKILL');
  });
});

describe('the order of a drain', () => {
  it('goes from the door inwards', () => {
    const services = ['postgres', 'cart', 'nginx', 'redis', 'order', 'gateway', 'sandbox', 'storefront', 'catalog'].map((service) => ({ service }));
    expect(drainOrder(services).map((group) => group.map(({ service }) => service))).toEqual([
      ['nginx'], ['gateway'], ['storefront'], ['cart', 'order', 'catalog'], ['sandbox'], ['redis'], ['postgres'],
    ]);
  });
});
