import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Fault } from './fault.ts';
import type { Home } from './home.ts';
import { requireProgram, versionOf } from './system/packages.ts';
import { freePort, retry } from './system/ports.ts';
import { isAlive, listensOn, type ProcessId, stopProcess } from './system/processes.ts';
import { type Command, spawnDetached } from './system/spawn.ts';
import { unprivilegedUser } from './system/unprivileged.ts';

/** A cache that may forget everything at any time: bounded memory, nothing on disk. */
export function redisCommand({ port, password }: { port: number; password: string }): Command {
  const user = unprivilegedUser();
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'protected-mode yes',
    'maxmemory 64mb',
    'maxmemory-policy allkeys-lru',
    'save ""',
    'appendonly no',
    'daemonize no',
    'dir /',
  ];
  return {
    file: requireProgram('redis-server'),
    args: ['-'],
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    input: `${settings.join('\n')}\n`,
    ...(user !== undefined && { uid: user.uid, gid: user.gid }),
  };
}

/**
 * Waits until this very process answers on the port; the password is sent to nobody else.
 * @throws Fault when it has ended or does not answer
 */
export async function waitForRedis(server: ProcessId, port: number, password: string, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!listensOn(server.pid, port)) {
    if (!isAlive(server)) throw new Fault('Redis ended while it started.');
    if (performance.now() > end) throw new Fault(`Redis was not ready within ${ms / 1000} s.`);
    await sleep(20);
  }
  const client = new Redis({ host: '127.0.0.1', port, password, lazyConnect: true, maxRetriesPerRequest: 0, connectTimeout: 1000 });
  try {
    await client.connect();
    const info = await client.info('server');
    if (Number(/process_id:(\d+)/.exec(info)?.[1]) !== server.pid) throw new Fault(`Something else than our Redis answers on port ${port}.`);
  } finally {
    client.disconnect();
  }
}

export function redisUrl(port: number, password: string): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

export interface StartedRedis {
  id: ProcessId;
  port: number;
  url: string;
  stop(): Promise<void>;
}

export async function startRedis({ home, password, name = 'redis' }: { home: Home; password: string; name?: string }): Promise<StartedRedis> {
  return retry(async () => {
    const port = await freePort(`${home.path}/${name}`);
    const child = spawnDetached(redisCommand({ port, password }), join(home.logs, `${name}.log`));
    child.unref();
    await waitForRedis(child.id, port, password);
    return { id: child.id, port, url: redisUrl(port, password), stop: () => stopProcess(child.id) };
  });
}

export function redisVersion(): string {
  return versionOf(requireProgram('redis-server'));
}
