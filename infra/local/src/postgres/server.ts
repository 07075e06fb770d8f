import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.ts';
import type { Command } from '../system/spawn.ts';
import { commandOf, folderOf, identify, isAlive, listensOn, type ProcessId, stopProcess } from '../system/processes.ts';
import { asUser, configFile } from './cluster.ts';
import type { PostgresPlace } from './place.ts';

/** "Fast": transactions are rolled back and sessions ended, then everything is written out. */
export const STOP_POSTGRES: NodeJS.Signals = 'SIGINT';

export function postgresCommand(place: PostgresPlace): Command {
  return { file: join(place.programs, 'postgres'), args: ['-D', place.data, '-c', `config_file=${configFile(place)}`], cwd: '/', ...asUser(place), env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' } };
}

/** The server that runs on our data directory, whoever started it and however that one ended. */
export function runningServer(place: PostgresPlace): (ProcessId & { port: number; ready: boolean }) | undefined {
  const lock = readLock(place);
  if (lock === undefined) return undefined;
  const process = identify(lock.pid);
  if (process === undefined || !worksOn(lock.pid, place)) return undefined;
  return { ...process, port: lock.port, ready: lock.ready };
}

/** After a power cut the lock may name a pid that is now another process, and Postgres would not start. */
export function clearStaleLock(place: PostgresPlace): void {
  if (readLock(place) !== undefined && runningServer(place) === undefined) rmSync(join(place.data, 'postmaster.pid'), { force: true });
}

export async function stopServer(place: PostgresPlace): Promise<void> {
  const server = runningServer(place);
  if (server !== undefined) await stopProcess(server, STOP_POSTGRES, 20_000);
}

/**
 * Waits until this very process serves our data directory on this port.
 * @throws Fault when it has ended or something else answers there
 */
export async function waitForPostgres(place: PostgresPlace, server: ProcessId, port: number, ms = 60_000): Promise<void> {
  const end = performance.now() + ms;
  while (true) {
    const lock = readLock(place);
    if (lock?.pid === server.pid && lock.port === port && lock.ready && listensOn(server.pid, port)) return;
    if (!isAlive(server)) throw new Fault('Postgres ended while it started.');
    if (performance.now() > end) throw new Fault(`Postgres was not ready within ${ms / 1000} s.`);
    await sleep(25);
  }
}

function worksOn(pid: number, { data }: PostgresPlace): boolean {
  const folder = folderOf(pid);
  return folder === undefined ? commandOf(pid).includes(`-D ${data} `) : folder === data;
}

/** `postmaster.pid`: pid, data directory, start, port, socket directory, address, shared memory, status. */
function readLock({ data }: PostgresPlace): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}
