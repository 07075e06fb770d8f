import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ROOT } from '../../../infra/local/src/home.ts';
import { CpuMeter, ticksOfTree } from './meter.ts';
import { parseStat, type ProcessStat } from './stat.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A process that waits until it is told, and then takes CPU time by itself and by a child that ends. */
async function burner(): Promise<{ pid: number; burn(own: number, ofChildren: number): Promise<void> }> {
  const child = spawn(process.execPath, [join(ROOT, 'tests/bench/cpu/burner.ts')], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  started.push(child);
  await said(child, 'here');
  return {
    pid: child.pid ?? 0,
    async burn(own, ofChildren) {
      child.send({ own, ofChildren });
      await said(child, 'burnt');
    },
  };
}

function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => (message === word ? resolve() : reject(new Error(String(message)))));
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
}

describe('the meter', () => {
  it('sees what a process takes, and what a child of it took that has ended', async () => {
    const { pid, burn } = await burner();
    const meter = new CpuMeter([{ name: 'burner', pid }]);
    await burn(300, 500);
    const { burner: ms = 0 } = meter.stop();
    // What is asked for, and at most what two programs need to start and to look at the clock; 20 ms are lost by counting in ticks.
    expect(ms).toBeGreaterThanOrEqual(780);
    expect(ms).toBeLessThan(1600);
  });

  it('sees what a child takes that lives', async () => {
    const { pid, burn } = await burner();
    const meter = new CpuMeter([{ name: 'this and its children', pid: process.pid }]);
    await burn(400, 0);
    expect(meter.stop()['this and its children']).toBeGreaterThanOrEqual(380);
    expect(pid).toBeGreaterThan(0);
  });

  it('sees nothing of what was taken before', async () => {
    const { pid, burn } = await burner();
    await burn(600, 300);
    const meter = new CpuMeter([{ name: 'burner', pid }]);
    expect(meter.stop()['burner']).toBeLessThan(100);
  });

  it('refuses a process that is not there', () => {
    expect(() => new CpuMeter([{ name: 'nobody', pid: 0x7fff_fff0 }])).toThrow('nobody (process 2147483632) is not there');
  });
});

describe('a tree of processes', () => {
  const stat = (pid: number, parent: number, own: number, reaped: number): [number, ProcessStat] => [pid, { pid, parent, started: '1', own, reaped }];

  it('is a process with all below it, the dead included', () => {
    const processes = new Map([stat(1, 0, 1000, 1000), stat(10, 1, 5, 7), stat(11, 10, 3, 0), stat(12, 11, 2, 4), stat(20, 1, 100, 100)]);
    expect(ticksOfTree(processes, 10)).toBe(5 + 7 + 3 + 2 + 4);
  });
});

describe('/proc/<pid>/stat', () => {
  it('is read though the name holds blanks and brackets', () => {
    const text = '4711 (a ) b (c) S 42 4711 4711 0 -1 4194560 1 2 3 4 11 22 33 44 20 0 1 0 987654 1 2';
    expect(parseStat(text)).toEqual({ pid: 4711, parent: 42, started: '987654', own: 33, reaped: 77 });
  });
});
