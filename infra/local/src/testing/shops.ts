import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readJson, writeFileAtomically } from '../files.ts';
import { openHome, openTestHome } from '../home.ts';
import { stopStale } from '../supervisor/stale.ts';
import { identify, isAlive, type ProcessId, stopProcess } from '../system/processes.ts';

interface Entry {
  home: string;
  /** The process of the tests that uses it. */
  owner: ProcessId;
}

const DRAIN_MS = 30_000;
const folder = () => join(openTestHome().path, 'shops');

/** Notes a shop that a test is about to start, so that it is stopped although the run may be interrupted. */
export function noteShop(home: string): void {
  mkdirSync(folder(), { recursive: true });
  const owner = identify(process.pid) ?? { pid: process.pid, started: '' };
  writeFileAtomically(join(folder(), basename(home)), JSON.stringify({ home, owner } satisfies Entry));
}

export function forgetShop(home: string): void {
  rmSync(join(folder(), basename(home)), { force: true });
}

/** Stops the shops of tests that are no more, and removes their homes. */
export async function sweepShops(): Promise<void> {
  mkdirSync(folder(), { recursive: true });
  const entries = readdirSync(folder()).map((name) => readJson<Entry>(join(folder(), name)));
  const abandoned = entries.filter((entry) => entry !== undefined).filter(({ owner }) => !isAlive(owner));
  await Promise.all(abandoned.map(({ home }) => end(home)));
}

async function end(path: string): Promise<void> {
  const home = openHome(path);
  const supervisor = readJson<ProcessId>(home.lock);
  if (supervisor !== undefined) await stopProcess(supervisor, 'SIGTERM', DRAIN_MS);
  await stopStale(home);
  rmSync(path, { recursive: true, force: true });
  forgetShop(path);
}
