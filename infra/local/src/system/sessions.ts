import { readdirSync, readFileSync } from 'node:fs';
import { commandOf, identify, type ProcessId, statOf } from './processes.ts';

/**
 * Ends what has outlived a killed master of nginx: workers, which would keep its port, and the manager of its cache. A session
 * keeps its number as long as one of its members lives, so where another process has that number by now, nothing of ours is left.
 */
export function endOrphanedWorkers(master: ProcessId): void {
  if (master.pid <= 1 || identify(master.pid) !== undefined || !isThisBoot(master)) return;
  for (const pid of workersOf(master)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has gone meanwhile.
    }
  }
}

function isThisBoot({ started }: ProcessId): boolean {
  return process.platform !== 'linux' || started.startsWith(`${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)}/`);
}

function workersOf(master: ProcessId): number[] {
  if (process.platform !== 'linux') return [-master.pid];
  const members = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)?.session === master.pid);
  return members.map(Number).filter((pid) => commandOf(pid).startsWith('nginx: '));
}
