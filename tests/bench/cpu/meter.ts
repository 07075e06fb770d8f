import { type ProcessStat, readProcesses, ticksPerSecond } from './stat.ts';

/** A process that is measured with all that it has started: a master with its workers, a server with a process for each connection. */
export interface Watched {
  name: string;
  pid: number;
}

/** CPU time in milliseconds, by name. */
export type CpuTimes = Record<string, number>;

interface Reading {
  ticks: number;
  started: string;
}

/** The CPU time that processes and their descendants take between two looks, as the operating system charges it. */
export class CpuMeter {
  readonly #watched: readonly Watched[];
  #before: Map<string, Reading>;

  constructor(watched: readonly Watched[]) {
    this.#watched = watched;
    this.#before = this.#read();
  }

  /** From now on. */
  start(): void {
    this.#before = this.#read();
  }

  /** @throws Error when one of them is no longer the process that it was: what it took cannot be known any more */
  stop(): CpuTimes {
    const after = this.#read();
    return Object.fromEntries(
      [...after].map(([name, { ticks, started }]) => {
        const before = this.#before.get(name);
        if (before?.started !== started) throw new Error(`${name} was started again while it was measured`);
        return [name, ((ticks - before.ticks) * 1000) / ticksPerSecond()];
      }),
    );
  }

  #read(): Map<string, Reading> {
    const tables = steadyTable(this.#watched);
    return new Map(this.#watched.map(({ name, pid }) => {
      const root = tables.get(pid);
      if (!root) throw new Error(`${name} (process ${pid}) is not there`);
      return [name, { ticks: ticksOfTree(tables, pid), started: root.started }] as const;
    }));
  }
}

/** What a process and all below it have taken, the dead included as far as their parents waited for them. */
export function ticksOfTree(processes: ReadonlyMap<number, ProcessStat>, root: number): number {
  return [...treeOf(processes, root)].reduce((sum, { own, reaped }) => sum + own + reaped, 0);
}

function* treeOf(processes: ReadonlyMap<number, ProcessStat>, root: number): Generator<ProcessStat> {
  const stat = processes.get(root);
  if (!stat) return;
  yield stat;
  for (const { pid, parent } of processes.values()) if (parent === root) yield* treeOf(processes, pid);
}

const TRIES = 20;

/**
 * One look at all of them takes milliseconds. A child that ends meanwhile would be counted twice, alive and as what its parent
 * waited for, or not at all: a look counts only when the next one finds the same processes and nothing newly reaped.
 */
function steadyTable(watched: readonly Watched[]): Map<number, ProcessStat> {
  let last = readProcesses();
  for (let i = 0; i < TRIES; i += 1) {
    const next = readProcesses();
    if (shapeOf(last, watched) === shapeOf(next, watched)) return last;
    last = next;
  }
  throw new Error(`processes came and went in each of ${TRIES} looks`);
}

function shapeOf(processes: ReadonlyMap<number, ProcessStat>, watched: readonly Watched[]): string {
  return watched.map(({ pid }) => [...treeOf(processes, pid)].map((stat) => `${stat.pid}:${stat.reaped}`).sort().join()).join(';');
}

export function sum(times: CpuTimes): number {
  return Object.values(times).reduce((total, ms) => total + ms, 0);
}
