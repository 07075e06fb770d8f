import { Redis } from 'ioredis';
import { signal } from '../../../infra/local/src/system/processes.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { type Fault, type Heal, nothingToHeal } from './fault.ts';
import { provenRedis, strike } from './identity.ts';

/** It answers nobody meanwhile, not even who would end it. */
const PAUSE_MS = 4000;

/** A connection past every proxy to the Redis that was started. */
async function withRedis<T>(target: Target, work: (client: Redis) => Promise<T>): Promise<T> {
  const { id, url } = target.redis();
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, connectTimeout: 5000, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    await provenRedis(client, id);
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** Another fault may have ended it before: a new one has no such fault. */
const ifThere = async (heal: Promise<unknown>) => void (await heal.catch(() => {}));

async function freeze(target: Target): Promise<Heal> {
  const { id } = target.redis();
  await withRedis(target, async () => strike(id, 'SIGSTOP'));
  return async () => void signal(id, 'SIGCONT');
}

async function pause(target: Target): Promise<Heal> {
  await withRedis(target, (client) => client.call('CLIENT', 'PAUSE', PAUSE_MS, 'ALL'));
  return () => ifThere(withRedis(target, (client) => client.ping()));
}

async function forget(target: Target): Promise<Heal> {
  await withRedis(target, (client) => client.flushall());
  return nothingToHeal;
}

async function starve(target: Target): Promise<Heal> {
  const was = await withRedis(target, async (client) => {
    const [, memory = ''] = (await client.config('GET', 'maxmemory')) as string[];
    // With room for nothing a key would be given up for each that is written, rather than refused.
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await client.config('SET', 'maxmemory', '1');
    return memory;
  });
  return () => ifThere(withRedis(target, async (client) => {
    await client.config('SET', 'maxmemory', was);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  }));
}

/** Puts something else behind every key, of another type or of another shape. */
async function poison(target: Target, random: Random): Promise<Heal> {
  const rubbish = ['', 'null', '{', '[]', '{"value":{"items":[{"price":-1}]}}', '\u0000\u00ff', `"${random.letters(40)}"`];
  await withRedis(target, async (client) => {
    for (const key of await client.keys('*')) {
      const kind = random.int(0, rubbish.length);
      if (kind < rubbish.length) await client.set(key, rubbish[kind] ?? '', 'KEEPTTL');
      else await client.multi().del(key).rpush(key, 'a list').pexpire(key, 60_000).exec();
    }
  });
  return nothingToHeal;
}

export const redisFaults: Fault[] = [
  { name: 'freeze redis', row: '3.2 Frozen', on: 'redis', inject: freeze },
  { name: 'pause redis', row: '3.2 Frozen', on: 'redis', inject: pause },
  { name: 'flush redis', row: '3.2 FLUSHALL at peak', on: 'redis', inject: forget },
  { name: 'leave redis no memory', row: '3.2 Out of memory', on: 'redis', inject: starve },
  { name: 'fill redis with rubbish', row: '3.2 Wrong or poisoned value', on: 'redis', inject: poison },
];
