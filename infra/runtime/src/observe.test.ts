import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { App } from './app.ts';
import { requestContext } from './context.ts';
import { createAdminServer, Readiness } from './health.ts';
import { silentLog } from './log.ts';
import { createService } from './service.ts';

let app: App;
let admin: Server;
let answer: () => void;
const held = new Promise<void>((resolve) => (answer = resolve));
let reached: () => void;

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  app = await createService({ name: 'test', version: '1' });
  app.route({
    method: ['GET', 'POST'],
    url: '/held',
    handler: async () => {
      reached();
      await held;
      return {};
    },
  });
  app.post('/context', async ({ id }) => ({ same: requestContext.getStore()?.requestId === id }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  admin = createAdminServer({ readiness: new Readiness(), version: '1', log: silentLog }).listen(0, '127.0.0.1');
  await once(admin, 'listening');
});

afterAll(async () => {
  answer();
  await app.close();
  admin.close();
  admin.closeAllConnections();
});

/** The value of the series whose name and labels match all of these. */
async function metric(...parts: string[]): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${portOf(admin)}/metrics`)).text();
  const line = text.split('\n').find((each) => !each.startsWith('#') && parts.every((part) => each.includes(part)));
  return Number(line?.split(' ')[1] ?? 0);
}

async function becomes(expected: number, ...parts: string[]): Promise<void> {
  for (let tries = 0; tries < 500 && (await metric(...parts)) !== expected; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await metric(...parts)).toBe(expected);
}

const POST = 'POST /held HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n';

describe('a client that goes away before its answer', () => {
  it.each([
    ['GET', 'while it is worked for', 'GET /held HTTP/1.1\r\nHost: a\r\n\r\n', true],
    ['POST', 'while it is worked for', `${POST}{}`, true],
    ['POST', 'in the middle of its body', `${POST}{`, false],
  ])('is counted once, as 499, and is no longer in flight: %s, %s', async (method, _when, bytes, isWorkedFor) => {
    const labels = ['request_duration_count', `http_request_method="${method}"`, 'http_route="/held"', 'http_response_status_code="499"'];
    const before = await metric(...labels);
    const inHand = new Promise<void>((resolve) => (reached = resolve));
    const socket = connect(portOf(app.server), '127.0.0.1', () => socket.write(bytes));
    await (isWorkedFor ? inHand : becomes(1, 'active_requests'));
    socket.destroy();
    await becomes(0, 'active_requests');
    expect(await metric(...labels)).toBe(before + 1);
  });
});

describe('the context of a request', () => {
  it('is still there when its body came later than its head', async () => {
    const socket = connect(portOf(app.server), '127.0.0.1');
    socket.write('POST /context HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n');
    await becomes(1, 'active_requests');
    socket.write('{}');
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    await once(socket, 'close');
    expect(text).toContain('{"same":true}');
  });
});
