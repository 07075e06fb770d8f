import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type ProcessId, signal } from '../../../infra/local/src/system/processes.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { type Evidence, evidenceIf, type Fault, type Heal, healed } from './fault.ts';
import { NotOurs, provenRedis, strike } from './identity.ts';
import { isStopped } from './processes.ts';

/** It answers nobody meanwhile, not even who would end it. */
const PAUSE_MS = 4000;
const FORGET_EVERY_MS = 20;

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

/** The same with the Redis that a fault began with. Another fault may have ended it: a new one has nothing to be healed of. */
async function withTheSame(target: Target, { pid }: ProcessId, work: (client: Redis) => Promise<Evidence>): Promise<Evidence> {
  if (target.redis().id.pid !== pid) return undefined;
  return withRedis(target, work);
}

async function freeze(target: Target): Promise<Heal> {
  const { id } = target.redis();
  await withRedis(target, async () => strike(id, 'SIGSTOP'));
  return async () => {
    const felt = isStopped(id.pid);
    signal(id, 'SIGCONT');
    return evidenceIf(felt, 'Redis stood still');
  };
}

async function pause(target: Target): Promise<Heal> {
  const { id } = target.redis();
  const start = performance.now();
  await withRedis(target, (client) => client.call('CLIENT', 'PAUSE', PAUSE_MS, 'ALL'));
  return () => withTheSame(target, id, async (client) => {
    await client.ping();
    const ms = performance.now() - start;
    return evidenceIf(ms >= PAUSE_MS, `nobody was answered for ${PAUSE_MS} ms`);
  });
}

async function forget(target: Target): Promise<Heal> {
  const keys = await withRedis(target, async (client) => {
    const count = await client.dbsize();
    await client.flushall();
    return count;
  });
  return healed(evidenceIf(keys > 0, `${keys} keys were forgotten`));
}

/** Whatever is put down is gone before it is needed: locks, too. */
async function keepForgetting(target: Target): Promise<Heal> {
  const over = new AbortController();
  let keys = 0;
  const forgetting = (async () => {
    while (!over.signal.aborted) {
      // Another fault may have ended it for a moment.
      await withRedis(target, async (client) => {
        keys += await client.dbsize();
        await client.flushall();
      }).catch((error: unknown) => {
        if (error instanceof NotOurs) throw error;
      });
      await sleep(FORGET_EVERY_MS);
    }
  })();
  // Said when it is healed.
  forgetting.catch(() => {});
  return async () => {
    over.abort();
    await forgetting;
    return evidenceIf(keys > 0, `${keys} keys were deleted soon after they were written`);
  };
}

async function starve(target: Target): Promise<Heal> {
  const { id } = target.redis();
  const was = await withRedis(target, async (client) => {
    const [, memory = ''] = (await client.config('GET', 'maxmemory')) as string[];
    const [, policy = ''] = (await client.config('GET', 'maxmemory-policy')) as string[];
    // With room for nothing a key would be given up for each that is written, rather than refused.
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await client.config('SET', 'maxmemory', '1');
    return { memory, policy };
  });
  return () => withTheSame(target, id, async (client) => {
    const answer = await client.set('a-write', '').catch(({ message }: Error) => message);
    await client.config('SET', 'maxmemory', was.memory);
    await client.config('SET', 'maxmemory-policy', was.policy);
    return evidenceIf(answer?.startsWith('OOM') === true, `Redis answered ${answer}`);
  });
}

/** Puts something else behind every key, of another type or of another shape. */
async function poison(target: Target, random: Random): Promise<Heal> {
  const rubbish = ['', 'null', '{', '[]', '{"value":{"items":[{"price":-1}]}}', '\u0000\u00ff', `"${random.letters(40)}"`];
  const poisoned = await withRedis(target, async (client) => {
    const keys = await client.keys('*');
    for (const key of keys) {
      const kind = random.int(0, rubbish.length);
      if (kind < rubbish.length) await client.set(key, rubbish[kind] ?? '', 'KEEPTTL');
      else await client.multi().del(key).rpush(key, 'a list').pexpire(key, 60_000).exec();
    }
    return keys.length;
  });
  return healed(evidenceIf(poisoned > 0, `${poisoned} keys held rubbish`));
}

export const redisFaults: Fault[] = [
  { name: 'freeze redis', row: '3.2 Frozen', on: 'redis', inject: freeze },
  { name: 'pause redis', row: '3.2 Frozen', on: 'redis', inject: pause },
  { name: 'flush redis', row: '3.2 FLUSHALL at peak', on: 'redis', inject: forget },
  { name: 'delete every key of redis all the time', row: '3.2 Lock lost', on: 'redis', inject: keepForgetting },
  { name: 'leave redis no memory', row: '3.2 Out of memory', on: 'redis', inject: starve },
  { name: 'fill redis with rubbish', row: '3.2 Wrong or poisoned value', on: 'redis', inject: poison },
];
