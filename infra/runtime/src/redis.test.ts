import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLog } from './log.ts';
import { createRedis, type Redis } from './redis.ts';
import { testRedis } from './testing/index.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function connected(url: string): Promise<Redis> {
  const redis = createRedis({ url, log: silentLog });
  closers.push(() => redis.disconnect());
  await new Promise<void>((resolve) => void redis.once('ready', () => resolve()));
  return redis;
}

/** Nothing of this process runs, and no other is kept from running. */
function holdEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a command to Redis', () => {
  it('has been answered when the answer came while this process was kept from reading it', async () => {
    const server = await testRedis();
    closers.push(() => server.close());
    const redis = await connected(server.url);
    const asked = Promise.all(Array.from({ length: 50 }, () => redis.ping()));
    holdEventLoop(2000);
    expect(new Set(await asked)).toEqual(new Set(['PONG']));
  });

  it('is given up when none comes', async () => {
    const silent = createServer((socket) => {
      socket.on('error', () => {}).on('data', (data) => {
        // What a client asks before it is ready is answered, a GET is not.
        for (const command of String(data).split(/^(?=\*\d)/m)) if (!/get/i.test(command)) socket.write('+OK\r\n');
      });
    });
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    closers.push(() => silent.close());
    const redis = await connected(`redis://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    await expect(redis.get('a')).rejects.toThrow('Command timed out');
  });
});
