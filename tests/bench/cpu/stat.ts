import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel has charged to a process, in clock ticks. */
export interface ProcessStat {
  pid: number;
  parent: number;
  /** Ticks since boot; with the pid it tells a process from a later one of the same number. */
  started: string;
  own: number;
  /** Of children that have ended and were waited for, with theirs. */
  reaped: number;
}

/** One `/proc/<pid>/stat`, see proc_pid_stat(5). */
export function parseStat(text: string): ProcessStat {
  // The second field is the name in brackets and may hold spaces and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (at: number) => Number(fields[at - 3]);
  return { pid: Number.parseInt(text, 10), parent: number(4), started: String(fields[19]), own: number(14) + number(15), reaped: number(16) + number(17) };
}

/** Every process that we can see. One that ends while we read is left out. */
export function readProcesses(): Map<number, ProcessStat> {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(readStat).filter((stat) => stat !== undefined);
  return new Map(all.map((stat) => [stat.pid, stat]));
}

function readStat(pid: string): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

let ticks: number | undefined;

/** Almost always 100: what is read is cut off to 10 ms for each process, which a measurement must be long enough to bear. */
export function ticksPerSecond(): number {
  ticks ??= Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;
  return ticks;
}
