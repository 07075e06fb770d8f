import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordLog, testRedis } from '@emall/runtime/testing';
import { openGateway } from '../testing.ts';
import { openLimits, relayTo, slow } from './testing.ts';

const BURST = 10;
const COST_MS = 50_000;

let server: Awaited<ReturnType<typeof testRedis>>;
let relay: Awaited<ReturnType<typeof relayTo>>;
let closers: (() => unknown)[];

beforeEach(async () => {
  server = await testRedis();
  relay = await relayTo(server.url);
  closers = [];
});
afterEach(async () => {
  for (const close of closers.toReversed()) await close();
  await relay.close();
  await server.close();
});

type Options = Parameters<typeof openLimits>[2];

/** A gateway with a slow limit for each address, and what it says to clients at the edge. */
async function open(url = server.url, options: Options = {}) {
  const { limits, redis, ready, close } = await openLimits(url, [slow({ burst: BURST })], options);
  const gateway = await openGateway({ limits });
  let closed: Promise<void> | undefined;
  const end = () => (closed ??= gateway.close().then(close));
  closers.push(end);
  const call = (address: string) => gateway.call('GET', '/api/catalog/products', { headers: { 'x-forwarded-for': address } });
  const ask = async (address = '192.0.2.1') => (await call(address)).status;
  return {
    redis,
    ready,
    end,
    ask,
    retryAfterS: async () => Number((await call('192.0.2.1')).headers['retry-after']),
    settle: () => limits.settle(),
    /** How many are let in before the first is not. */
    flood: async (address?: string) => {
      for (let admitted = 0; admitted < 100; admitted += 1) if ((await ask(address)) === 429) return admitted;
      return 100;
    },
  };
}

const keysIn = async ({ redis }: Pick<Awaited<ReturnType<typeof open>>, 'redis'>) => redis.keys('gateway:limit:*');
/** How many calls a shared bucket holds; it leaks one in 50 s. */
const levelIn = async (gateway: Pick<Awaited<ReturnType<typeof open>>, 'redis'>) => {
  const [key = ''] = await keysIn(gateway);
  return Math.ceil((await gateway.redis.pttl(key)) / COST_MS);
};

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a limit that two gateways share', () => {
  it('holds across both once they have settled, and another client does not notice', async () => {
    const [one, two] = [await open(), await open()];
    await Promise.all([one.ready(), two.ready()]);
    expect(await one.flood()).toBe(BURST);
    await one.settle();
    // It cannot know before it asks, and no call waits for that.
    expect(await two.ask()).toBe(200);
    await two.settle();
    expect(await two.flood()).toBe(0);
    expect(await two.ask('192.0.2.2')).toBe(200);
    expect(await one.ask('192.0.2.2')).toBe(200);
  });

  it('is settled by itself, while a client goes from one to the other', async () => {
    const [one, two] = [await open(), await open()];
    await Promise.all([one.ready(), two.ready()]);
    for (let n = 0; n < 6; n += 1) expect(await one.ask()).toBe(200);
    await until(async () => (await keysIn(one)).length === 1);
    expect(await two.ask()).toBe(200);
    await until(async () => (await levelIn(one)) === 7);
    // What Redis has may still be on its way back.
    await two.settle();
    expect(await two.flood()).toBeLessThanOrEqual(3);
  });

  it('has not begun anew when a gateway has', async () => {
    const [one, two] = [await open(), await open()];
    await Promise.all([one.ready(), two.ready()]);
    await one.flood();
    await one.settle();
    await one.end();
    const again = await open();
    await again.ready();
    await again.ask();
    await again.settle();
    expect(await again.flood()).toBe(0);
  });

  it('says in Redis who it counts to nobody', async () => {
    const one = await open();
    await one.ready();
    await one.ask('192.0.2.77');
    await one.settle();
    const keys = await keysIn(one);
    expect(keys).toEqual([expect.stringMatching(/^gateway:limit:slow:[A-Za-z0-9_-]{22}$/)]);
    expect(await one.redis.get(keys[0] ?? '')).toBe('');
    expect(await levelIn(one)).toBe(1);
  });

  it('does not stumble over what somebody else wrote there', async () => {
    const one = await open();
    await one.ready();
    await one.ask();
    await one.settle();
    const [key = ''] = await keysIn(one);
    await one.redis.del(key);
    await one.redis.rpush(key, 'garbage', '1e999');
    await one.ask();
    await one.settle();
    expect(await levelIn(one)).toBe(1);
    expect(await one.flood()).toBe(BURST - 2);
  });
});

describe('while Redis is away', () => {
  it('each gateway goes by what it counts itself, and tells it afterwards', async () => {
    await relay.cut();
    const [one, two] = [await open(relay.url), await open(relay.url)];
    expect([await one.flood(), await two.flood()]).toEqual([BURST, BURST]);
    await Promise.all([one.settle(), two.settle()]);
    await relay.mend();
    const three = await open();
    await three.ready();
    await until(async () => (await levelIn(three)) > 0);
    await three.ask();
    await three.settle();
    expect(await three.flood()).toBe(0);
  });
});

describe('while Redis is full', () => {
  it('that is said once, and once that it takes what it is told again', async () => {
    const { log, lines } = recordLog();
    const one = await open(server.url, { log });
    await one.ready();
    const send = one.redis.eval.bind(one.redis) as (...args: unknown[]) => Promise<unknown>;
    let refused = 0;
    one.redis.eval = (() => {
      refused += 1;
      return Promise.reject(Object.assign(new Error("OOM command not allowed when used memory > 'maxmemory'."), { name: 'ReplyError' }));
    }) as never;
    let clients = 0;
    const tell = async () => {
      await one.ask(`192.0.2.${(clients += 1)}`);
      await one.settle();
    };
    await until(async () => (await tell(), refused >= 3));
    one.redis.eval = send as never;
    await until(async () => (await tell(), (await keysIn(one)).length > 0));
    const said = lines.map((line) => (JSON.parse(line) as { msg: string }).msg).filter((msg) => msg.startsWith('rate limits'));
    expect(said).toEqual(['rate limits hold for each gateway by itself: redis does not take what it is told', 'rate limits are shared by all gateways again']);
  });
});

describe('while Redis is frozen', () => {
  it('nobody waits for it, and the limit holds', async () => {
    const one = await open(relay.url);
    await one.ready();
    relay.freeze();
    expect(await one.ask()).toBe(200);
    const settling = one.settle();
    expect(await one.flood()).toBe(BURST - 1);
    relay.thaw();
    await settling;
  });

  it('what its answer took on its way is not added to what a client is told to wait', async () => {
    const one = await open(relay.url);
    await one.ready();
    expect(await one.flood()).toBe(BURST);
    const refusedAt = performance.now();
    relay.freeze();
    const settling = one.settle();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    relay.thaw();
    await settling;
    const retryAfterS = await one.retryAfterS();
    expect(retryAfterS).toBeLessThanOrEqual(Math.ceil((COST_MS - (performance.now() - refusedAt)) / 1000));
  });

  it('what was counted is told once, however often it did not answer', async () => {
    const one = await open(relay.url, { commandTimeoutMs: 50 });
    await one.ready();
    const sent: number[] = [];
    for (const command of ['eval', 'ping'] as const) {
      const send = one.redis[command].bind(one.redis) as (...args: unknown[]) => Promise<unknown>;
      one.redis[command] = ((...args: unknown[]) => {
        sent.push(performance.now());
        return send(...args);
      }) as never;
    }
    relay.freeze();
    const frozenAt = performance.now();
    for (let n = 1; n <= 5; n += 1) {
      expect(await one.ask()).toBe(200);
      await one.settle();
    }
    // What is sent waits in the connection: the first word, a question at once, and one a second.
    expect(sent.length).toBeLessThanOrEqual(2 + (performance.now() - frozenAt) / 1000);
    relay.thaw();
    const direct = await open();
    await direct.ready();
    await until(async () => {
      await one.settle();
      return (await levelIn(direct)) >= 5;
    });
    await one.ask();
    await one.settle();
    expect(await levelIn(direct)).toBe(6);
    expect(await one.flood()).toBe(BURST - 6);
  });
});
