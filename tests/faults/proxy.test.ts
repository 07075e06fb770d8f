import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultProxy } from './proxy.ts';
import { Random } from './random.ts';

/** Sends back what it is sent. */
let echo: Server;
let proxy: FaultProxy;
const open: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket));
  await once(echo.listen(0, '127.0.0.1'), 'listening');
  proxy = await FaultProxy.listen((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await proxy.close();
  echo.close();
});

async function call(): Promise<Socket & { heard: string }> {
  const socket = Object.assign(connect(proxy.port, '127.0.0.1').setEncoding('utf8'), { heard: '' });
  open.push(socket);
  socket.on('data', (text: string) => (socket.heard += text));
  await once(socket, 'connect');
  return socket;
}

/** Says something and waits for the echo. Returns how long it took. */
async function say(socket: Socket & { heard: string }, words: string): Promise<number> {
  const start = performance.now();
  socket.write(words);
  while (!socket.heard.endsWith(words)) await once(socket, 'data');
  return performance.now() - start;
}

const endOf = async (socket: Socket) => (await once(socket, 'error'))[0] as NodeJS.ErrnoException;

describe('the fault proxy', () => {
  it('passes bytes both ways, and the end of one way without the end of the other', async () => {
    const socket = await call();
    await say(socket, 'hello');
    const large = 'x'.repeat(2_000_000);
    socket.end(large);
    await once(socket, 'end');
    expect(socket.heard).toBe(`hello${large}`);
  });

  it('delivers late what was lost and had to be sent again, and everything in its order', async () => {
    const socket = await call();
    await proxy.set({ loss: 1, random: new Random('loss') });
    expect(await say(socket, 'late')).toBeGreaterThanOrEqual(2 * 200);
    await proxy.set({ loss: 0, random: new Random('loss') });
    await say(socket, ' in time');
    expect(socket.heard).toBe('late in time');
  });

  it('counts what suffered, and nothing else', async () => {
    const socket = await call();
    await say(socket, 'hello');
    expect(proxy.suffered).toBe(0);
    await proxy.set({ latencyMs: 1 });
    await say(socket, 'slow');
    expect(proxy.suffered).toBe(2);
    await proxy.set('pass');
    await say(socket, 'quick');
    expect(proxy.suffered).toBe(2);
  });

  it('listens where the kernel takes no port for somebody else', () => {
    expect(proxy.port).toBeLessThan(32_768);
  });

  it('delays what comes while it is slow, and keeps its order when it is quick again', async () => {
    const socket = await call();
    await proxy.set({ latencyMs: 150 });
    expect(await say(socket, 'slow')).toBeGreaterThanOrEqual(300);
    socket.write('first,');
    socket.write('second,');
    await proxy.set('pass');
    await say(socket, 'third');
    expect(socket.heard).toBe('slowfirst,second,third');
  });

  it('lets nothing through as a black hole, keeps the connections, and delivers afterwards', async () => {
    const old = await call();
    await say(old, 'before,');
    await proxy.set('blackhole');
    const fresh = await call();
    for (const socket of [old, fresh]) socket.write('lost?');
    const heard = Promise.race([once(old, 'data'), once(fresh, 'data')]).then(() => 'heard');
    expect(await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 300, 'nothing'))])).toBe('nothing');
    expect(proxy.connections).toBe(2);
    await proxy.set('pass');
    await say(old, ' no');
    await say(fresh, ' no');
    expect([old.heard, fresh.heard]).toEqual(['before,lost? no', 'lost? no']);
  });

  it('resets what is open and what comes', async () => {
    const old = await call();
    await say(old, 'hello');
    const end = endOf(old);
    await proxy.set('reset');
    expect(await end).toMatchObject({ code: 'ECONNRESET' });
    expect(await call().then(endOf, (error: unknown) => error)).toMatchObject({ code: 'ECONNRESET' });
    await proxy.set('pass');
    await say(await call(), 'hello again');
  });

  it('refuses what comes on the port that it takes again afterwards', async () => {
    const old = await call();
    await say(old, 'hello');
    const end = endOf(old);
    await proxy.set('refuse');
    expect(await end).toMatchObject({ code: 'ECONNRESET' });
    await expect(call()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.set('pass');
    await say(await call(), 'hello again');
  });

  it('tells the caller when nobody listens behind it', async () => {
    const nobody = await FaultProxy.listen(9);
    const socket = connect(nobody.port, '127.0.0.1');
    expect(await endOf(socket)).toMatchObject({ code: 'ECONNRESET' });
    await nobody.close();
  });
});
