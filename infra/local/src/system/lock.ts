import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson } from '../files.ts';
import { identify, isAlive, type ProcessId } from './processes.ts';

/** Takes the lock, or names the living process that has it. It goes with `release`, or when its holder dies. */
export function takeLock(path: string): { release(): void } | { holder: ProcessId } {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, JSON.stringify(identify(process.pid)));
  try {
    return take(path, draft);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A link appears with its content or not at all: nobody ever sees a lock without its holder's name. */
function take(path: string, draft: string): ReturnType<typeof takeLock> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    try {
      linkSync(draft, path);
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readJson<ProcessId>(path);
    if (holder !== undefined && isAlive(holder)) return { holder };
    removeAbandoned(path);
  }
  return { holder: { pid: 0, started: 'unknown' } };
}

/** Runs `work` while no other process does under the same lock. */
export async function withLock<T>(path: string, work: () => Promise<T>, ms = 120_000): Promise<T> {
  const end = performance.now() + ms;
  let lock = takeLock(path);
  while ('holder' in lock) {
    if (performance.now() > end) throw new Error(`${path} has been held for ${ms / 1000} s by process ${lock.holder.pid}`);
    await sleep(50);
    lock = takeLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Renamed before it is removed, so that of two who find it abandoned only one takes it away. */
function removeAbandoned(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    const taken = readJson<ProcessId>(aside);
    if (taken !== undefined && isAlive(taken)) renameSync(aside, path);
    else rmSync(aside);
  } catch {
    // Another process was quicker.
  }
}
