import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Pool } from 'undici';
import { keepingCount, repeatWhenClosed } from './kept-connections.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** Does to each request what the list says, the rest are answered. */
async function serving(...acts: ((socket: Socket) => void)[]) {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      heard.push(data.toString().split('\r\n', 1)[0] ?? '');
      (acts.shift() ?? ((one) => one.write(OK)))(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1, connect: keepingCount(5000) });
  closers.push(() => pool.destroy(), () => server.close());
  const dispatcher = pool.compose(repeatWhenClosed());
  const call = async (method: 'GET' | 'POST', body: string | Buffer | Readable | null = null) => (await dispatcher.request({ path: '/', method, body })).body.text();
  return { heard, call };
}

const answer = (socket: Socket) => void socket.write(OK);
const hangUp = (socket: Socket) => void socket.destroy();
const reset = (socket: Socket) => void socket.resetAndDestroy();

describe('a call whose kept connection is closed before a byte of its answer came', () => {
  it.each([['closed', hangUp], ['reset', reset]])('is made once more: %s', async (_, act) => {
    const { heard, call } = await serving(answer, act);
    expect(await call('GET')).toBe('ok');
    expect(await call('POST', Buffer.from('{}'))).toBe('ok');
    expect(heard).toHaveLength(3);
  });

  it('is not made a third time', async () => {
    const { heard, call } = await serving(answer, hangUp, hangUp);
    expect(await call('GET')).toBe('ok');
    await expect(call('GET')).rejects.toThrow();
    expect(heard).toHaveLength(3);
  });

  it('is not made again when its answer had begun', async () => {
    const { heard, call } = await serving(answer, (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok'));
    expect(await call('GET')).toBe('ok');
    await expect(call('GET')).rejects.toThrow();
    expect(heard).toHaveLength(2);
  });

  it('is not made again when its body was a stream', async () => {
    const { heard, call } = await serving(answer, hangUp);
    expect(await call('GET')).toBe('ok');
    await expect(call('POST', Readable.from(['{}']))).rejects.toThrow();
    expect(heard.filter((line) => /^(GET|POST)/.test(line))).toHaveLength(2);
  });
});

describe('a call whose connection is new', () => {
  it.each([['closed', hangUp], ['reset', reset]])('is made once, whatever becomes of it: %s', async (_, act) => {
    const { heard, call } = await serving(act);
    await expect(call('GET')).rejects.toThrow();
    expect(heard).toHaveLength(1);
  });
});
