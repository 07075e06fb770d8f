import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { headerOf, Wire } from './wire.ts';

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

/** Answers the n-th request with the n-th list of pieces, each written by itself. */
async function answering(...answers: string[][]): Promise<Wire> {
  server = createServer((socket) => {
    sockets.push(socket.setNoDelay(true));
    socket.on('data', async () => {
      for (const piece of answers.shift() ?? []) {
        socket.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return new Wire({ host: '127.0.0.1', port: (server.address() as { port: number }).port });
}

const send = (wire: Wire) => wire.send('GET / HTTP/1.1\r\n\r\n');

describe('an answer', () => {
  it('is whole, in however many pieces it comes, and the next one begins where it ends', async () => {
    const wire = await answering(['HTTP/1.1 200 OK\r\nX-Ca', 'che: edge\r\ncontent-length: 11\r\n\r', '\nhello ', 'world'], ['HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno']);
    const first = await send(wire);
    expect([first.status, first.body.toString(), headerOf(first, 'x-cache')]).toEqual([200, 'hello world', 'edge']);
    const second = await send(wire);
    expect([second.status, second.body.toString()]).toEqual([404, 'no']);
    expect(sockets).toHaveLength(1);
    wire.close();
  });

  it('is joined of its chunks', async () => {
    const wire = await answering(['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r', '\n6\r\n world\r\n0\r\n', '\r\n']);
    expect((await send(wire)).body.toString()).toBe('hello world');
    wire.close();
  });

  it('without a body is over with its head', async () => {
    const wire = await answering(['HTTP/1.1 304 Not Modified\r\netag: "1"\r\n\r\n']);
    expect((await send(wire)).status).toBe(304);
    wire.close();
  });

  it('that does not come is an error', async () => {
    const wire = await answering([]);
    const answer = send(wire);
    while (sockets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    sockets[0]?.destroy();
    await expect(answer).rejects.toThrow(/closed|ECONNRESET/);
  });
});
