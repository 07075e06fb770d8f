import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createRedis, type Redis, silentLog } from '@emall/runtime';
import { testIdentityKeys } from '@emall/runtime/testing';
import { Limits, type LimitsOptions } from './limits.ts';
import type { Limit } from './table.ts';

/** A way to a server that can be frozen, so that nothing arrives and nothing is lost, and cut. */
export async function relayTo(target: string) {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let frozen = false;
  const accept = (client: Socket) => {
    const server = connect(Number(targetPort), hostname);
    for (const [from, to] of [[client, server], [server, client]] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk)).on('error', () => from.destroy()).on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (frozen) from.pause();
    }
  };
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  [url.hostname, url.port] = ['127.0.0.1', String(port)];
  const cut = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: url.href,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    mend: async () => void (server = await listen(port)),
    close: () => (server.listening ? cut() : Promise.resolve()),
  };
}

/** 50 s for one more, so that nothing leaks while a test runs. */
export const slow = (limit: Partial<Limit> = {}): Limit => ({ name: 'slow', of: ['read', 'change', 'checkout'], by: 'address', perSecond: 0.02, burst: 10, ...limit });

/** Longer than any test: what waited for Redis would never be done. */
const FOR_EVER_MS = 300_000;

/**
 * Limits with a connection of their own.
 * @param commandTimeoutMs 50 in a shop; a busy machine may take longer to answer what a test waits for
 */
export async function openLimits(url: string, table: readonly Limit[], options: Partial<LimitsOptions> & { commandTimeoutMs?: number } = {}) {
  const { commandTimeoutMs = FOR_EVER_MS, ...rest } = options;
  const redis: Redis = createRedis({ url, log: silentLog });
  redis.options.commandTimeout = commandTimeoutMs;
  const limits = new Limits({ table, redis, identityKey: testIdentityKeys.get('gateway') as Buffer, log: silentLog, ...rest });
  return {
    limits,
    redis,
    ready: () => new Promise<void>((resolve) => void (redis.status === 'ready' ? resolve() : redis.once('ready', () => resolve()))),
    close: () => {
      limits.close();
      redis.disconnect();
    },
  };
}
