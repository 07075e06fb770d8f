import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identify, isAlive, type ProcessId } from '../../../infra/local/src/system/processes.ts';
import { temporaryFolder } from '../../../infra/local/src/testing/folder.ts';
import type { Topology } from '../../../infra/local/src/topology.ts';
import { TestShop } from '../../local/shop.ts';
import { NotOurs, provenPostmaster, provenProcess, provenRedis, provenSession, strike } from './identity.ts';
import { freeze, kill } from './processes.ts';

const folder = temporaryFolder();
let child: ChildProcess;
let bystander: ProcessId;

beforeAll(() => {
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  bystander = identify(child.pid ?? 0) ?? { pid: 0, started: '' };
});
afterAll(() => void child.kill('SIGKILL'));

const topologyOf = (id: ProcessId) => ({ processes: [{ ...id, name: 'order-1', service: 'order' }] }) as unknown as Topology;
/** As a topology reads when the pid was given to another process meanwhile. */
const earlier = () => ({ pid: bystander.pid, started: bystander.started.replace(/\d+$/, (tick) => String(Number(tick) - 1)) });

describe('the proof that a process is ours', () => {
  it('is its pid and its start', () => {
    expect(provenProcess(topologyOf(bystander), 'order-1')).toMatchObject(bystander);
  });

  it('fails for a process that began at another time, and nothing is signalled', async () => {
    expect(() => provenProcess(topologyOf(earlier()), 'order-1')).toThrow(NotOurs);
    expect(() => strike(earlier(), 'SIGKILL')).toThrow(NotOurs);
    expect(isAlive(bystander)).toBe(true);
    expect(child.signalCode).toBeNull();
  });

  it.each([0, 1, -1, process.pid, process.ppid])('fails for pid %i whatever the topology says', (pid) => {
    const id = { pid, started: identify(pid)?.started ?? '' };
    expect(() => provenProcess(topologyOf(id), 'order-1')).toThrow(NotOurs);
    expect(() => strike(id, 'SIGTERM')).toThrow(NotOurs);
  });

  it('fails for a name that the topology does not know', () => {
    expect(() => provenProcess(topologyOf(bystander), 'order-3')).toThrow(NotOurs);
  });

  it('is asked for by the faults themselves', async () => {
    const shop = new TestShop();
    try {
      // Looks alive to whoever waits for it, and is another process by the time of the fault.
      const topologies = [topologyOf(bystander), topologyOf(earlier())];
      shop.topology = () => topologies.shift() ?? topologyOf(earlier());
      await expect(kill(shop, 'order-1')).rejects.toThrow(NotOurs);
      topologies.push(topologyOf(bystander));
      await expect(freeze(shop, 'order-1')).rejects.toThrow(NotOurs);
      expect(isAlive(bystander)).toBe(true);
    } finally {
      shop.dispose();
    }
  });
});

describe('the proof that a Postgres is ours', () => {
  const data = join(folder, 'data');
  beforeAll(() => void mkdirSync(data));

  it('fails for a process that works elsewhere, although the directory names its pid', () => {
    writeFileSync(join(data, 'postmaster.pid'), `${bystander.pid}\n${data}\n`);
    expect(() => provenPostmaster({ id: bystander, data })).toThrow(/another data directory/);
  });

  it('fails for a directory that another server has', () => {
    writeFileSync(join(data, 'postmaster.pid'), `${bystander.pid + 1}\n${data}\n`);
    expect(() => provenPostmaster({ id: bystander, data })).toThrow(NotOurs);
  });

  it('fails for a session on another data directory', async () => {
    const session = { query: async () => ({ rows: [{ data_directory: '/var/lib/postgresql' }] }) } as never;
    await expect(provenSession(session, data)).rejects.toThrow(NotOurs);
  });
});

describe('the proof that a Redis is ours', () => {
  it('is the process that answers', async () => {
    const client = { info: async () => `# Server\r\nprocess_id:${bystander.pid}\r\n` } as never;
    await expect(provenRedis(client, bystander)).resolves.toBeUndefined();
    await expect(provenRedis(client, { ...bystander, pid: bystander.pid + 1 })).rejects.toThrow(NotOurs);
  });
});
