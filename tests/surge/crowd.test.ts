import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Random } from '../faults/random.ts';
import { type Crowd, type CrowdOptions, drive } from './crowd.ts';
import { Browser } from './load/browser.ts';
import { Timetable } from './load/timetable.ts';
import { Taste } from './people/taste.ts';
import { countOf } from './record/statistics.ts';
import { summarise } from './record/summary.ts';

const catalogue = { products: ['mug', 'pan', 'bear'].map((slug) => ({ slug, name: `A ${slug} of tin`, skus: [slug] })), categories: ['home', 'toys'] };
const ORDER = '019a0000-0000-7000-8000-000000000001';
const FORM = '<input type="hidden" name="key" value="the-key"/><input type="hidden" name="total-standard" value="1200"/>';

type Handler = (request: IncomingMessage, response: ServerResponse, n: number) => void;
let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** A shop that answers everything well, unless the handler of a test comes first. */
async function openShop(handler: Handler = () => {}) {
  const seen: { method: string; path: string; from: string; cookie: string | undefined; status: number }[] = [];
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const call = { method: request.method ?? '', path: request.url ?? '', from: request.socket.remoteAddress ?? '', cookie: request.headers.cookie, status: 0 };
      response.on('finish', () => (call.status = response.statusCode));
      seen.push(call);
      handler(request, response, seen.length);
      if (!response.headersSent && response.listenerCount('held') === 0) answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server?.address() as AddressInfo | undefined)?.port}`, seen };
}

function answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
  if (method === 'POST' && url === '/checkout') response.writeHead(204, { 'hx-redirect': `/orders/${ORDER}?key=k` }).end();
  else if (url === '/cart/lines') response.writeHead(200, { 'set-cookie': '__Host-guest=1; Path=/' }).end('added');
  else response.writeHead(200, { 'content-type': 'text/html', 'x-cache': 'edge-stale' }).end(url === '/checkout' ? FORM : '<p>a page</p>');
}

const busy = (response: ServerResponse) => response.writeHead(503, { 'retry-after': '0' }).end('not now');
const shopping = (origin: string, more: Partial<CrowdOptions> = {}) =>
  drive({ origin, taste: new Taste(catalogue), random: new Random('crowd'), phases: [{ name: 'normal', seconds: 2, from: 30, to: 30 }], thinkMs: 10, transactionMs: 30_000, domain: 'test.example', bots: 0, signal: new AbortController().signal, ...more });
const sum = (crowd: Crowd, outcome: 'good' | 'late' | 'shed' | 'failed') => crowd.tally.seconds.reduce((all, second) => all + countOf(second, outcome), 0);

describe('a crowd', () => {
  it('has people who filled their cart before, and come back to order when nobody can browse any more', async () => {
    const begin = performance.now();
    const isDown = () => performance.now() > begin + 2500 && performance.now() < begin + 5000;
    const { origin } = await openShop(({ url }, response) => void (url !== '/checkout' && isDown() && busy(response)));
    const phases = [{ name: 'normal', seconds: 2, from: 30, to: 30 }, { name: 'ramp', seconds: 1, from: 30, to: 300 }, { name: 'surge', seconds: 2, from: 300, to: 300 }, { name: 'back', seconds: 1, from: 30, to: 30 }];
    const { tally } = await shopping(origin, { phases });
    const begun = tally.transactions.filter((each) => each.begun > 3000 && each.begun < 4900);
    expect(begun.length).toBeGreaterThan(0);
    expect(begun.every(({ outcome }) => outcome === 'ordered')).toBe(true);
  });

  it('counts to the last call what was asked and what was refused', async () => {
    const { origin, seen } = await openShop((_request, response, n) => void (n % 5 === 0 && busy(response)));
    const crowd = await shopping(origin);
    const offered = crowd.tally.seconds.reduce((all, second) => all + second.offered, 0);
    const statuses = Map.groupBy(seen, ({ status }) => status);
    expect(seen.length).toBeGreaterThan(100);
    expect([offered, sum(crowd, 'shed'), sum(crowd, 'good') + sum(crowd, 'late'), sum(crowd, 'failed')]).toEqual([seen.length, Math.floor(seen.length / 5), seen.length - Math.floor(seen.length / 5), 0]);
    expect(statuses.get(503)?.length).toBe(sum(crowd, 'shed'));
    const stale = crowd.tally.seconds.reduce((all, second) => all + second.stale, 0);
    expect(stale).toBe(seen.filter(({ path, method, status }) => status === 200 && path !== '/cart/lines' && !(method === 'POST' && path === '/checkout')).length);
  });

  it('comes from an address each, and stays the guest that the shop made', async () => {
    const { origin, seen } = await openShop();
    const crowd = await shopping(origin);
    const visitors = Map.groupBy(seen, ({ from }) => from);
    expect(visitors.size).toBe(crowd.visits);
    for (const calls of visitors.values()) {
      const added = calls.findIndex(({ path }) => path === '/cart/lines');
      expect(calls.slice(0, added + 1).every(({ cookie }) => cookie === undefined)).toBe(true);
      if (added >= 0) expect(calls.slice(added + 1).every(({ cookie }) => cookie === '__Host-guest=1')).toBe(true);
    }
  });

  it('comes although nobody is answered', async () => {
    const held: ServerResponse[] = [];
    const all = Promise.withResolvers<void>();
    const { origin } = await openShop((_request, response) => {
      response.on('held', () => {});
      held.push(response);
    });
    const stop = new AbortController();
    let waiting = 0;
    const driven = shopping(origin, { signal: stop.signal, everySecond: ({ visits, wire }, second) => {
      if (second < 3 || held.length < visits) return;
      waiting = wire.inFlight;
      all.resolve();
    } });
    await all.promise;
    stop.abort();
    const { visits: begun, wire } = await driven;
    expect(begun).toBeGreaterThan(30);
    // And whoever is sent home leaves nothing behind.
    expect([held.length, waiting, wire.inFlight]).toEqual([begun, begun, 0]);
  });

  it('orders with the key of the page, comes again as told, and knows its orders', async () => {
    const refused = new Set<string>();
    const { origin, seen } = await openShop(({ method, url, socket }, response) => {
      const first = method === 'POST' && url === '/checkout' && !refused.has(socket.remoteAddress ?? '');
      if (first) busy(response);
      if (first) refused.add(socket.remoteAddress ?? '');
    });
    const crowd = await shopping(origin);
    const buyers = new Set(seen.filter(({ method, path }) => method === 'POST' && path === '/checkout').map(({ from }) => from));
    const { transactions } = crowd.tally;
    expect(buyers.size).toBeGreaterThan(3);
    expect(transactions.map(({ outcome, order, admitted }) => [outcome, order, admitted])).toEqual(Array.from(buyers, () => ['ordered', ORDER, true]));
  });

  it('calls a checkout lost whose order the shop breaks, and refused only what is truly sold out', async () => {
    const { origin } = await openShop(({ method, url, socket }, response) => {
      if (method !== 'POST' || url !== '/checkout') return;
      const last = Number(socket.remoteAddress?.split('.').at(-1)) % 3;
      if (last === 0) response.writeHead(500).end();
      else if (last === 1) response.writeHead(409).end('<h2>Something sold out just now</h2>');
      else response.writeHead(409).end('<h2>Something else</h2>');
    });
    const crowd = await shopping(origin, { transactionMs: 6000, phases: [{ name: 'normal', seconds: 2, from: 100, to: 100 }] });
    const { transactions: { begun, ordered, refused, lost, admittedAndLost, whys } } = summarise(crowd, []);
    expect([ordered, refused + lost, admittedAndLost]).toEqual([0, begun, lost]);
    const reasons = Object.keys(whys).map((why) => why.replace(/ after \d+ s$/, ''));
    expect(reasons.sort()).toEqual(['lost: the order: 409', 'lost: the order: 500', 'refused: Something sold out just now']);
  });

  it('keeps scrapers apart, while the surge lasts', async () => {
    const { origin, seen } = await openShop();
    const phases = [{ name: 'normal', seconds: 1, from: 5, to: 5 }, { name: 'surge', seconds: 1, from: 5, to: 5 }];
    const crowd = await shopping(origin, { phases, bots: 2 });
    const scraped = crowd.bots.seconds.reduce((all, { offered }) => all + offered, 0);
    const bots = new Set(seen.map(({ from }) => from).filter((from) => seen.filter((call) => call.from === from).length > 30));
    expect(bots.size).toBe(2);
    expect(seen.filter(({ from }) => bots.has(from)).length).toBe(scraped);
    expect(crowd.bots.seconds[0]?.offered).toBe(0);
  });
});

describe('the generator', () => {
  const block = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };

  it('notices when it is late itself', async () => {
    const timetable = new Timetable();
    const moments = Array.from({ length: 100 }, (_, n) => n);
    await timetable.each(moments, (_moment, n) => n === 0 && block(300));
    expect(timetable.lateness.count).toBe(100);
    // The second was due after 1 ms and began after 300.
    expect(timetable.latenessMs(99)).toBeGreaterThan(290);
    expect(timetable.latenessMs(50)).toBeGreaterThan(240);
  });

  it('counts latency from the moment it was meant to begin, also when it began late', async () => {
    const { origin } = await openShop();
    const browser = new Browser(origin, '127.0.0.1', { open: 0, inFlight: 0 });
    const { ms, status } = await browser.ask({ method: 'GET', path: '/' }, performance.now() - 700);
    browser.close();
    expect(status).toBe(200);
    expect(ms).toBeGreaterThan(700);
  });

  it('has no answer where the shop hangs up in the middle', async () => {
    const { origin } = await openShop((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    const browser = new Browser(origin, '127.0.0.1', { open: 0, inFlight: 0 });
    const { status } = await browser.ask({ method: 'GET', path: '/' }, performance.now());
    browser.close();
    expect(status).toBe(0);
  });
});
