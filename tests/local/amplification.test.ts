import { Agent, request as call, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ALIVE_PATH, type App, guardRequests, Limiter } from '@emall/runtime';
import { testIdentityKeys } from '@emall/runtime/testing';
import { buildApp } from '../../gateway/src/app.ts';
import { admission } from '../../gateway/src/proxy/admission.ts';
import { WORTHS } from '../../gateway/src/proxy/worth.ts';
import { internalServices } from '../../infra/local/src/processes.ts';
import { TestEdge } from './edge.ts';
import { until } from './shop.ts';

jest.setTimeout(120_000);

/** nginx as a shop has it, two gateways behind its edge, and behind its inner listeners two replicas that do what a test tells them. */
const edge = new TestEdge();
let gateways: App[] = [];
const toGateways = new Agent({ keepAlive: true });
/** What each replica does with a call. */
let replicas: [RequestListener, RequestListener];

const answers: RequestListener = (_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'private, no-store' }).end('{}');
const refuses: RequestListener = (_request, response) => void response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' }).end('{"status":503,"code":"unavailable"}');
const fails: RequestListener = (_request, response) => void response.writeHead(500, { 'content-type': 'application/problem+json' }).end('{"status":500,"code":"internal"}');
const hangsUp: RequestListener = (request) => void request.socket.resetAndDestroy();
const saysNothing: RequestListener = () => {};
/** Longer than an inner listener waits for one replica before it asks the other. */
const takesLong: RequestListener = (request, response) => void setTimeout(() => answers(request, response), 1700).unref();

beforeAll(() => edge.prepare(2, answers));
afterAll(() => {
  toGateways.destroy();
  edge.close();
});
beforeEach(async () => {
  await edge.start();
  const upstreams = Object.fromEntries(internalServices.map((service, index) => [service, `http://127.0.0.1:${edge.inside[index]}`])) as Record<(typeof internalServices)[number], string>;
  gateways = await Promise.all([0, 1].map(async () => {
    const app = await buildApp({ upstreams, identityKey: testIdentityKeys.get('gateway') as Buffer, publicUrl: new URL(`http://127.0.0.1:${edge.port}`), trustedProxies: ['127.0.0.1'] });
    guardRequests(app, new Limiter({ names: WORTHS }), admission);
    await app.listen({ host: '127.0.0.1', port: 0 });
    return app;
  }));
  replicas = [answers, answers];
  const passTo = gateways.map(passOnTo);
  // The servers behind this nginx are gateways to its edge and replicas to its inner listeners: a gateway says how long it waits.
  edge.behaviour.splice(0, 2, ...[0, 1].map((index): RequestListener => (request, response) => (isInside(request) ? replicas[index] : passTo[index])?.(request, response)));
}, 60_000);
afterEach(async () => {
  await edge.stop();
  await Promise.all(gateways.map((app) => app.close()));
});

const isInside = ({ headers, url }: Parameters<RequestListener>[0]) => headers['x-emall-deadline-ms'] !== undefined || url === ALIVE_PATH;

function passOnTo(gateway: App): RequestListener {
  const { port } = gateway.server.address() as AddressInfo;
  return ({ method = 'GET', url = '/', headers }, response) => {
    const passed = call({ agent: toGateways, host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    passed.end();
  };
}

const KINDS: [method: string, path: (n: number) => string][] = [
  ['GET', (n) => `/api/catalog/products?q=${n}`],
  ['GET', () => '/api/cart'],
  ['POST', () => '/api/orders'],
];

/** So many of each kind, some at once, as shoppers send them: nobody repeats anything. */
async function shop(each: number, atOnce: number): Promise<void> {
  const asked = KINDS.flatMap(([method, path]) => Array.from({ length: each }, (_, n) => [method, path(n)] as const)).entries();
  const headers = (method: string) => (method === 'POST' ? { origin: `http://127.0.0.1:${edge.port}`, 'content-type': 'application/json', 'content-length': '0' } : {});
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const [, [method, path]] of asked) await edge.get(path, headers(method), method);
  }));
}

/** How many calls of replicas came of one that a shopper made: its id is the same however often it is tried. */
function amplification(): { ratio: number; calls: number; most: number } {
  const calls = edge.seen.filter(({ request }) => isInside(request) && request.url !== ALIVE_PATH);
  const byId = Map.groupBy(calls, ({ request }) => request.headers['x-request-id']);
  return { ratio: calls.length / byId.size, calls: calls.length, most: Math.max(...[...byId.values()].map(({ length }) => length)) };
}

describe('what one call becomes on its way to a replica', () => {
  it.each<[what: string, first: RequestListener, second: RequestListener, atOnce: number]>([
    ['both answer', answers, answers, 10],
    ['both refuse', refuses, refuses, 10],
    ['one hangs up', hangsUp, answers, 10],
    ['one fails', fails, answers, 10],
    ['one says nothing', saysNothing, answers, 10],
    ['both say nothing', saysNothing, saysNothing, 40],
    ['both take long', takesLong, takesLong, 40],
  ])('is no more than 1.1 when %s', async (what, first, second, atOnce) => {
    replicas = [first, second];
    await shop(100, atOnce);
    const { ratio, calls, most } = amplification();
    process.stdout.write(`    ${what}: ${ratio.toFixed(3)} calls of replicas for each of ${calls}, at most ${most}\n`);
    expect(ratio).toBeLessThanOrEqual(1.1);
  });

  it('is two where both hang up, until circuits end that', async () => {
    replicas = [hangsUp, hangsUp];
    await shop(20, 10);
    expect(amplification().most).toBe(2);
    // Now and then one is let through, to see.
    const isOver = async () => {
      edge.seen.length = 0;
      await shop(20, 10);
      return amplification().calls < 10;
    };
    await until(isOver, 40_000, () => `60 calls of shoppers are still ${amplification().calls} of replicas`);
  });
});
