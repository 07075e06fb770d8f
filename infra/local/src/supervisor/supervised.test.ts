import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../testing/folder.ts';
import { isAlive } from '../system/processes.ts';
import { type ProcessSpec, Supervised } from './supervised.ts';

const folder = temporaryFolder();
const patient = new AbortController().signal;
const said: string[] = [];
const all: Supervised[] = [];

function supervise(script: string, ready: ProcessSpec['ready'] = async () => {}, leftOutMs = 0): Supervised {
  const name = `process-${all.length}`;
  const command = { file: process.execPath, args: ['-e', script], env: {} };
  const spec: ProcessSpec = { name, service: 'cart', replica: 1, version: '1', port: 1, log: join(folder, `${name}.log`), command, stopSignal: 'SIGTERM', leftOutMs, ready };
  const supervised = new Supervised(spec, { say: (line) => said.push(line), changed: () => {} });
  all.push(supervised);
  return supervised;
}

const waitFor = async (done: () => boolean) => {
  while (!done()) await sleep(10);
};

afterEach(async () => {
  await Promise.all(all.map((supervised) => supervised.stop(patient)));
  said.length = 0;
});

describe('a supervised process', () => {
  it('is started again when it dies, later each time, and its last words are told', async () => {
    const supervised = supervise("console.log('I cannot go on'); setTimeout(() => process.exit(7), 30)");
    await supervised.start();
    await waitFor(() => said.filter((line) => line.includes('ended')).length >= 3);
    expect(said.filter((line) => line.includes('ended')).slice(0, 3).map((line) => /in (\d+) ms/.exec(line)?.[1])).toEqual(['100', '200', '400']);
    expect(said[0]).toContain('ended (code 7)');
    expect(said[0]).toContain('I cannot go on');
    expect(supervised.describe().restarts).toBeGreaterThanOrEqual(2);
  });

  it('that died is ready again only when it is asked again, while a first start does not wait for that', async () => {
    const leftOutMs = 1000;
    const begin = performance.now();
    const supervised = supervise('setInterval(() => {}, 1000)', async () => {}, leftOutMs);
    await supervised.start();
    expect(performance.now() - begin).toBeLessThan(leftOutMs);
    const first = supervised.id;
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await waitFor(() => supervised.id !== first);
    const back = performance.now();
    expect(supervised.describe().state).toBe('starting');
    await waitFor(() => supervised.describe().state === 'ready');
    expect(performance.now() - back).toBeGreaterThanOrEqual(leftOutMs - 50);
    process.kill(supervised.id?.pid ?? 0, 'SIGKILL');
    await waitFor(() => supervised.describe().restarts === 2 && supervised.describe().state === 'starting');
    // One that dies while nobody asks it is started again, too.
    process.kill(supervised.id?.pid ?? 0, 'SIGKILL');
    await waitFor(() => supervised.describe().restarts === 3 && supervised.describe().state === 'ready');
    expect(said.filter((line) => line.startsWith(`${supervised.spec.name} ended (`)).map((line) => /\((\w+)\)/.exec(line)?.[1])).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL']);
  });

  it('is given up with its last words when it never becomes ready', async () => {
    const supervised = supervise("console.error('PORT is not set'); process.exit(2)", async (id) => {
      await waitFor(() => !isAlive(id));
      throw new Error('it ended before it was ready');
    });
    await expect(supervised.start()).rejects.toThrow(/does not start: it ended before it was ready\n {4}PORT is not set/);
  });

  it('stays stopped once it has been told to stop', async () => {
    const supervised = supervise('setInterval(() => {}, 1000)');
    await supervised.start();
    const { id } = supervised;
    await supervised.stop(patient);
    expect(id !== undefined && isAlive(id)).toBe(false);
    await sleep(200);
    expect(supervised.describe()).toMatchObject({ state: 'stopped', pid: 0, restarts: 0 });
  });

  it('is killed when it does not hear and somebody is in a hurry', async () => {
    const supervised = supervise("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)", () => sleep(200));
    await supervised.start();
    const hurry = new AbortController();
    const begin = performance.now();
    const stopped = supervised.stop(hurry.signal);
    hurry.abort();
    await stopped;
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});
