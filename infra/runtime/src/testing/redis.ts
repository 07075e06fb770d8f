import { Redis } from 'ioredis';
import { required } from './database.ts';

/** A logical Redis database of this Jest worker, emptied first. */
export async function testRedis(): Promise<{ url: string; close(): Promise<void> }> {
  const url = new URL(required('EMALL_TEST_REDIS'));
  url.pathname = `/${Number(process.env['JEST_WORKER_ID'] ?? 1) % 16}`;
  const redis = new Redis(url.href);
  await redis.flushdb();
  return {
    url: url.href,
    close: async () => {
      await redis.flushdb();
      redis.disconnect();
    },
  };
}
