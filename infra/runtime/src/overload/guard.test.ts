import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { App } from '../app.ts';
import { requestContext } from '../context.ts';
import { createService } from '../service.ts';
import { recordLog } from '../testing/index.ts';
import { guardRequests } from './guard.ts';
import type { Level } from './level.ts';
import { Limiter } from './limiter.ts';

let app: App;
let limiter: Limiter;
let worked: string[];
let held: PromiseWithResolvers<void>;
let loopWait: number;
let clock: number;
let soldOut: boolean;
const { log, lines } = recordLog();

beforeEach(async () => {
  [worked, held, loopWait, clock, soldOut] = [[], Promise.withResolvers<void>(), 0, 0, false];
  lines.length = 0;
  limiter = new Limiter({ now: () => clock, loopWait: () => loopWait });
  // Others, for who comes to a process in which next to nothing is under way is let in whatever the limits are.
  for (let others = 0; others < 4; others += 1) limiter.enter(0, 'other', () => {}, () => {});
  app = await createService({ name: 'test', version: '1', log });
  guardRequests(app, limiter);
  app.route({
    method: ['GET', 'POST'],
    url: '/held',
    handler: async ({ id }) => {
      worked.push(id);
      await held.promise;
      return { own: requestContext.getStore()?.requestId === id };
    },
  });
  app.get('/fast', async ({ id }) => void worked.push(id));
  app.post('/orders', async (_request, reply) => {
    clock += soldOut ? 3 : 40;
    return reply.code(soldOut ? 409 : 201).send({});
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  held.resolve();
  await app.close();
});

const ask = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });
const level = (worth: number) => limiter.levels[worth] as Level;
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve));
}

/** Sends bytes, and closes when told; resolves when the service has seen it. */
function hangUpAfter(bytes: string) {
  const closed = once(app.server, 'connection').then(([server]) => once(server, 'close'));
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(bytes);
  return {
    hangUp: async () => {
      socket.destroy();
      await closed;
    },
  };
}

describe('a service', () => {
  it('turns away what there is no room for, before any work, with a problem that says when to come again', async () => {
    level(5).limit = 0;
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask('/fast')));
    for (const { statusCode, headers, json } of answers) {
      expect([statusCode, headers['content-type'], headers['cache-control'], headers['x-emall-refused']]).toEqual([503, 'application/problem+json; charset=utf-8', 'no-store', '1']);
      expect(json()).toMatchObject({ code: 'unavailable', status: 503, requestId: headers['x-request-id'] });
    }
    expect(worked).toEqual([]);
    // Not all of them in the same moment again.
    expect(new Set(answers.map(({ headers }) => headers['retry-after']))).toEqual(new Set(['1', '2', '3']));
  });

  it('goes by the worth that the caller names', async () => {
    level(5).limit = 0;
    expect((await ask('/fast', { 'x-emall-worth': '1' })).statusCode).toBe(200);
    level(1).limit = 0;
    expect((await ask('/fast', { 'x-emall-worth': '1' })).statusCode).toBe(503);
  });

  it('says in its log once that it turns calls away, not once for each', async () => {
    level(5).limit = 0;
    for (let i = 0; i < 20; i += 1) await ask('/fast');
    expect(lines.map((line) => JSON.parse(line)).filter(({ msg }) => !msg.startsWith('Server listening'))).toEqual([expect.objectContaining({ refused: { 5: 1 } })]);
  });

  it('lets in who waited when another one leaves, and each goes on as itself', async () => {
    level(5).limit = 1;
    const [first, second] = [ask('/held', { 'x-request-id': 'first-0001' }), ask('/held', { 'x-request-id': 'second-0002' })];
    await until(() => worked.length === 1);
    held.resolve();
    for (const answer of [await first, await second]) expect([answer.statusCode, answer.json()]).toEqual([200, { own: true }]);
    expect(worked).toEqual(['first-0001', 'second-0002']);
    expect(level(5).inFlight).toBe(0);
  });

  it.each([
    ['read', 'GET /held HTTP/1.1\r\nHost: a\r\n\r\n', 5],
    ['written', 'POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}', 1],
  ])('keeps the place of who hangs up until what is %s for them is over', async (_what, bytes, worth) => {
    const socket = hangUpAfter(bytes);
    await until(() => worked.length === 1);
    await socket.hangUp();
    expect(level(worth).inFlight).toBe(1);
    held.resolve();
    await until(() => level(worth).inFlight === 0);
  });

  it('keeps no place for whoever hangs up before anything was begun for them', async () => {
    const socket = hangUpAfter('POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{');
    await until(() => level(1).inFlight === 1);
    await socket.hangUp();
    await until(() => level(1).inFlight === 0);
    expect(worked).toEqual([]);
  });

  it('gives the place back when what goes on fails', async () => {
    const socket = hangUpAfter('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => worked.length === 1);
    await socket.hangUp();
    held.reject(new Error('in vain'));
    await until(() => level(5).inFlight === 0);
  });

  it('keeps no place for whoever hung up while waiting for one', async () => {
    level(5).limit = 1;
    const first = ask('/held');
    await until(() => worked.length === 1);
    const socket = hangUpAfter('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => level(5).nextDue !== undefined);
    await socket.hangUp();
    held.resolve();
    await first;
    expect(worked).toHaveLength(1);
    expect(level(5).inFlight).toBe(0);
  });

  it('learns nothing from whoever hung up', async () => {
    for (let i = 1; i <= 10; i += 1) {
      const socket = hangUpAfter('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
      await until(() => worked.length === i);
      await socket.hangUp();
      held.resolve();
      held = Promise.withResolvers();
      await until(() => level(5).inFlight === 0);
    }
    expect(level(5).isJudged).toBe(false);
  });

  it('does not take for late what is done, because what is declined is told sooner', async () => {
    const order = async (times: number, answer: number) => {
      for (let i = 0; i < times; i += 1) expect((await app.inject({ method: 'POST', url: '/orders' })).statusCode).toBe(answer);
    };
    await order(50, 201);
    soldOut = true;
    await order(50, 409);
    soldOut = false;
    await order(20, 201);
    expect(level(1).lateness).toBeLessThan(1);
  });

  it('learns nothing from what it does not begin', async () => {
    for (let i = 0; i < 10; i += 1) await ask('/fast', { 'x-emall-deadline-ms': '0' });
    expect(level(5).isJudged).toBe(false);
  });

  it('does not begin what its caller no longer waits for', async () => {
    expect((await ask('/fast', { 'x-emall-deadline-ms': '0' })).statusCode).toBe(503);
    loopWait = 300;
    clock += 1000;
    expect((await ask('/fast', { 'x-emall-deadline-ms': '20000' })).statusCode).toBe(200);
    worked.length = 0;
    expect((await ask('/fast', { 'x-emall-deadline-ms': '200' })).statusCode).toBe(503);
    expect(worked).toEqual([]);
    expect(level(5).inFlight).toBe(0);
  });

  it('does not begin what came so slowly that its caller no longer waits for it', async () => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    socket.write('POST /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Emall-Deadline-Ms: 50\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{');
    await until(() => level(1).inFlight === 1);
    const since = performance.now();
    await until(() => performance.now() - since > 60);
    socket.write('}');
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1.1 503 /);
    expect(worked).toEqual([]);
  });

  it('reads as many large bodies at once as its limit lets in, and goes on serving what is worth most', async () => {
    // 52 kB: of the 64 kB that a body may have, what takes longest to read.
    const payload = JSON.stringify({ deep: `${'['.repeat(20_000)}`, wide: Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`k${i}`, i])) });
    const bodies = Array.from({ length: 200 }, () => app.inject({ method: 'POST', url: '/held', headers: { 'x-emall-worth': '6', 'content-type': 'application/json' }, payload }));
    await until(() => worked.length === 16);
    expect((await ask('/fast', { 'x-emall-worth': '0' })).statusCode).toBe(200);
    clock += 25;
    held.resolve();
    const statuses = Map.groupBy(await Promise.all(bodies), ({ statusCode }) => statusCode);
    expect([...statuses.keys()].toSorted()).toEqual([200, 503]);
    expect(statuses.get(200)?.length).toBeLessThanOrEqual(32);
  });
});
