import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Trouble = 'refuse' | 'blackhole';

/** Between a replica and its database: takes no connection, or none that anything comes through, until it is told otherwise. */
export async function networkTo(port: number) {
  const sockets = new Set<Socket>();
  let trouble: Trouble | undefined;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one) && other.destroy());
      one.on('data', (bytes) => void other.write(bytes));
      if (trouble === 'blackhole') one.pause();
    }
    if (trouble === 'refuse') client.resetAndDestroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    set(mode: Trouble | 'pass') {
      trouble = mode === 'pass' ? undefined : mode;
      for (const socket of sockets) {
        if (mode === 'refuse') socket.resetAndDestroy();
        else if (mode === 'blackhole') socket.pause();
        else socket.resume();
      }
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
