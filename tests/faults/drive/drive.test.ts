import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { History } from '../history/history.ts';
import { Random } from '../random.ts';
import { Client } from './client.ts';
import { drive } from './drive.ts';
import { persist } from './persist.ts';
import { Shopper, type Street } from './shopper.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let handle: Handler = (_request, response) => void response.end();
const received: { method: string | undefined; url: string | undefined; key: string | undefined; cookie: string | undefined; address: string | undefined }[] = [];
const server = createServer((request, response) => {
  const { method, url, headers, socket } = request;
  received.push({ method, url, address: socket.remoteAddress, key: headers['idempotency-key'] as string | undefined, cookie: headers.cookie });
  request.resume().once('end', () => handle(request, response));
});
let street: Street;
let folder = '';

beforeEach(async () => {
  received.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'emall-drive-'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const edge = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  street = { edge, doors: [edge], history: new History(join(folder, 'history.jsonl')), prefix: 'd', phase: 'rush', client: new Client(), keys: [], orders: [] };
});

afterEach(async () => {
  await street.client.close();
  street.history.close();
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
  rmSync(folder, { recursive: true });
});

const shopper = (seed: string) => new Shopper(street, new Random(seed), `d-${seed}`);
const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const order = { kind: 'order', method: 'POST', path: '/api/orders', body: { a: 1 }, key: 'd-k' } as const;

describe('a shopper of the fault tests', () => {
  it('stays at one address, which is not that of the next', async () => {
    for (const each of [shopper('ada'), shopper('bob')]) {
      await each.send(order);
      await each.send(order);
    }
    const [ada, adaAgain, bob, bobAgain] = received.map(({ address }) => address);
    expect([adaAgain, bobAgain]).toEqual([ada, bob]);
    expect(bob).not.toBe(ada);
  });

  it('takes no answer, resets, 5xx, 429 and a first call under way for unknown, and other refusals for definite', async () => {
    const outcomes: unknown[] = [];
    const answers: Handler[] = [
      (_request, response) => void json(response, 201, { id: 'o', state: 'accepted' }),
      (_request, response) => void json(response, 409, { code: 'out-of-stock', lines: [{ sku: 'HOT', available: 0 }] }),
      (_request, response) => void json(response, 409, { code: 'request-in-progress' }),
      (_request, response) => void json(response, 503, { code: 'unavailable' }),
      (_request, response) => void json(response, 429, {}),
      (_request, response) => void response.socket?.resetAndDestroy(),
      (_request, response) => void response.writeHead(201, { 'content-length': '100' }).write('{"id":', () => response.socket?.destroy()),
    ];
    for (handle of answers) {
      const { call } = await shopper('ada').send(order);
      outcomes.push([call.outcome, call.status]);
    }
    expect(outcomes).toEqual([['ok', 201], ['fail', 409], ['info', 409], ['info', 503], ['info', 429], ['info', 0], ['info', 0]]);
    expect(street.history.calls()[1]).toMatchObject({ wanting: ['HOT'], code: 'out-of-stock', key: 'd-k', body: expect.stringContaining('out-of-stock') });
  });

  it('repeats with the same key what it does not know, until a definite answer', async () => {
    let asked = 0;
    handle = (_request, response) => void ((asked += 1) < 3 ? json(response, 503, {}, { 'retry-after': '0' }) : json(response, 409, { code: 'cart-empty' }));
    for (const seed of ['b', 'c', 'd', 'e']) {
      asked = 0;
      const { call } = await persist(shopper(seed), order);
      // Who hung up may have lost interest.
      expect(call.outcome === 'fail' || call.abandoned).toBe(true);
    }
    expect(new Set(received.map(({ key }) => key))).toEqual(new Set(['d-k']));
    expect(street.history.calls().some(({ outcome }) => outcome === 'fail')).toBe(true);
  });

  it('hangs up on every third call that changes something, after it was sent, and never on one that reads', async () => {
    handle = (_request, response) => void setTimeout(() => json(response, 409, { code: 'cart-empty' }), 15);
    for (let i = 0; i < 90; i += 1) await persist(shopper(`${i}`), order);
    for (let i = 0; i < 20; i += 1) await persist(shopper(`${i}`), { kind: 'read', method: 'GET', path: '/api/orders/x', note: { order: 'x' } });
    const calls = street.history.calls().filter(({ kind }) => kind === 'order');
    const share = calls.filter(({ abandoned }) => abandoned).length / calls.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.45);
    expect(received).toHaveLength(street.history.calls().length);
    expect(street.history.calls().filter(({ kind, abandoned }) => kind === 'read' && abandoned)).toEqual([]);
  });

  it('keeps its cookies, and notices what belongs to somebody else', async () => {
    const ada = shopper('ada');
    handle = (_request, response) => void json(response, 200, { name: `${ada.canary} and canaryaaaabbbbcccc` }, { 'set-cookie': '__Host-guest=abc; Path=/; Secure' });
    expect(ada.known).toBe(false);
    const { call } = await ada.send({ kind: 'read', method: 'GET', path: '/' });
    await ada.send({ kind: 'read', method: 'GET', path: '/' });
    expect(call.foreign).toEqual(['canaryaaaabbbbcccc']);
    expect(received.map(({ cookie }) => cookie)).toEqual([undefined, '__Host-guest=abc']);
  });

  it('leaves a line of the record for each call', async () => {
    for (const name of ['ada', 'bob']) await shopper(name).send(order);
    street.history.close();
    const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(street.history.calls());
    street.history = new History(join(folder, 'other.jsonl'));
  });
});

describe('a rush', () => {
  /** Who came in which order, who they are, and what they first did. */
  async function first(prefix: string): Promise<unknown[]> {
    const before = street.history.calls().length;
    const over = new AbortController();
    const come = new Set<string | undefined>();
    handle = (request, response) => {
      come.add(request.headers['idempotency-key']?.toString().split('-')[1]);
      if (come.size === 12) over.abort();
      json(response, 409, { code: 'sold-out', sku: 'A' });
    };
    const skus = ['A', 'B', 'C', 'D'].map((sku, index) => ({ sku, stock: 5, hot: index === 0 }));
    await drive({ ...street, gateways: [], prefix, skus, random: new Random('replayed'), shoppers: 3, until: over.signal });
    const calls = Map.groupBy(street.history.calls().slice(before), ({ shopper: name }) => Number(name.split('-')[1]));
    return [...calls].sort(([one], [other]) => one - other).slice(0, 12).map(([ordinal, [call]]) => [ordinal, call?.canary, call?.sku, call?.quantity, call?.via]);
  }

  it('is of the same shoppers for the same seed, whatever they are called', async () => {
    const once = await first('monday');
    expect(once).toHaveLength(12);
    expect(new Set(once.map(String)).size).toBe(12);
    expect(await first('tuesday')).toEqual(once);
  });
});
