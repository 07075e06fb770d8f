import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { History } from '../history/history.ts';
import { Random } from '../random.ts';
import { driveQuietly } from './closing.ts';
import { kindsOf } from './kinds.ts';
import { strangeRefusals } from './refusals.ts';
import { summarise } from './summary.ts';

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

let folder: string;
let history: History;
let edge: string;
let stock: number;
/** What a broken shop says in place of a good one. */
let instead: Record<string, Answer>;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk)).once('end', () => {
    const route = `${request.method} ${request.url?.replace(/\/\d+$/, '/:id')}`;
    send(response, instead[route] ?? good(route, Buffer.concat(chunks).toString()));
  });
});

function good(route: string, body: string): Answer {
  switch (route) {
    case 'POST /api/cart/lines':
      return stock > 0 ? { status: 200, body: {}, headers: { 'set-cookie': '__Host-guest=1' } } : { status: 409, body: { code: 'sold-out', sku: 'JAR' } };
    case 'POST /api/orders/quote':
      return { status: 200, body: { total: { amount: 5, currency: 'GBP' }, lines: [] } };
    case 'POST /api/orders':
      stock -= 1;
      return { status: 201, body: { id: '1', state: 'accepted', ...(body.includes('"card"') && { payment: { url: `${edge}/pay/1` } }) } };
    case 'POST /pay/:id':
      return { status: 303, body: {}, headers: { location: `${edge}/orders/1` } };
    default:
      return { status: 200, body: { state: 'paid' } };
  }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const close = (left: number) => driveQuietly({ edge, gateways: [edge, edge], skus: [{ sku: 'JAR', stock: 9, hot: true }], history, prefix: 'd', random: new Random('closing') }, new Map([['JAR', left]]));

beforeEach(async () => {
  [stock, instead] = [3, {}];
  folder = mkdtempSync(join(tmpdir(), 'emall-closing-'));
  history = new History(join(folder, 'history.jsonl'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  edge = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  history.close();
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
  rmSync(folder, { recursive: true });
});

describe('the closing time', () => {
  it('buys what is left, the first by card, hears that no more is there, and hangs up on nobody', async () => {
    expect(await close(3)).toEqual([]);
    expect(stock).toBe(0);
    expect(summarise(history.calls())).toMatchObject({ checkouts: 3, ok: 3 });
    expect(kindsOf(history.calls())).toMatchObject({ 'order by card': 1, 'order to be paid on delivery': 2, payment: 1, 'sold out in the cart': 1, 'order call hung up on': 0, 'order in the closing time': 3 });
    expect(strangeRefusals(history.calls())).toEqual([]);
  });

  it('complains of each shopper whom the shop does not serve', async () => {
    instead = { 'POST /api/orders': { status: 401, body: { code: 'unauthenticated' } } };
    const complaints = await close(3);
    expect(complaints.slice(0, 3)).toEqual(['d-closing-0-0 could not order: order 401 unauthenticated, while 3 of JAR were left', expect.stringContaining('while 2 of'), expect.stringContaining('while 1 of')]);
    expect(strangeRefusals(history.calls())).toEqual(['order was refused with 401 unauthenticated: 4 times, first to d-closing-0-0']);
  });

  it('complains of a shop that is sold out before it is, and of one that sells what it has not', async () => {
    instead = { 'POST /api/cart/lines': { status: 409, body: { code: 'sold-out', sku: 'JAR' } } };
    expect(await close(2)).toHaveLength(2);
    instead = {};
    expect(await close(2)).toEqual(['d-closing-0-2 was not told that it is sold out: order 201, while 0 of JAR were left']);
  });

  it('complains of an order that cannot be paid', async () => {
    instead = { 'POST /pay/:id': { status: 410 } };
    expect(await close(3)).toEqual(['d-closing-0-0 could not pay order 1: ended, while 3 of JAR were left']);
  });
});
