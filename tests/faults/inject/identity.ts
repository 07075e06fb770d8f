import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Redis } from 'ioredis';
import { commandOf, folderOf, isAlive, type ProcessId, signal } from '../../../infra/local/src/system/processes.ts';
import type { Topology, TopologyProcess } from '../../../infra/local/src/topology.ts';

/** Nothing was done: what was to be broken could not be shown to be ours. */
export class NotOurs extends Error {}

/** A Postgres that the shop or the harness started. */
export interface PostgresServer {
  id: ProcessId;
  data: string;
}

/** The process of that name, if it began when the topology says: a pid alone may be somebody else's by now. */
export function provenProcess(topology: Topology, name: string): TopologyProcess {
  const process = topology.processes.find((one) => one.name === name);
  if (process === undefined) throw new NotOurs(`topology.json knows no ${name}`);
  if (!mayBeStruck(process)) throw new NotOurs(`${name} would be pid ${process.pid}, which is not a process of a shop`);
  if (!isAlive(process)) throw new NotOurs(`pid ${process.pid} is not the ${name} that was started`);
  return process;
}

/** Sends a signal to a process that was proven to be ours. */
export function strike(target: ProcessId, name: NodeJS.Signals): void {
  if (!mayBeStruck(target) || !signal(target, name)) throw new NotOurs(`pid ${target.pid} is no longer the process that was proven`);
}

/** A postmaster that works on our data directory, by the directory's own word and by the process's. */
export function provenPostmaster({ id, data }: PostgresServer): ProcessId {
  if (!mayBeStruck(id) || !isAlive(id)) throw new NotOurs(`pid ${id.pid} is not the Postgres that was started`);
  const [pid, directory] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  if (Number(pid) !== id.pid || directory !== data) throw new NotOurs(`the server on ${data} is not pid ${id.pid}`);
  const folder = folderOf(id.pid);
  if (folder === undefined ? !commandOf(id.pid).includes(`-D ${data} `) : folder !== data) throw new NotOurs(`pid ${id.pid} works on another data directory than ${data}`);
  return id;
}

/** A session of the server on our data directory. */
export async function provenSession(client: Pick<pg.Client, 'query'>, data: string): Promise<void> {
  const { rows } = await client.query<{ data_directory: string }>('show data_directory');
  if (rows[0]?.data_directory !== data) throw new NotOurs(`the server works on ${rows[0]?.data_directory}, not on ${data}`);
}

/** A connection to the Redis that was started. */
export async function provenRedis(client: Redis, { pid }: ProcessId): Promise<void> {
  const answers = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
  if (answers !== pid) throw new NotOurs(`pid ${answers} answers in place of our Redis, pid ${pid}`);
}

function mayBeStruck({ pid }: ProcessId): boolean {
  return Number.isInteger(pid) && pid > 1 && pid !== process.pid && pid !== process.ppid;
}
