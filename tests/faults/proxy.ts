import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, retry } from '../../infra/local/src/system/ports.ts';
import { Direction } from './direction.ts';
import type { Random } from './random.ts';

/**
 * `blackhole`: connections are taken and stay, and no byte passes either way until the mode is another one. `reset`:
 * what is open is cut (RST), and so is what comes. `refuse`: nobody listens, and what was open is cut. `loss`: the share
 * of messages that come later, and hold up what follows them, as when their packets have to be sent again.
 */
export type Mode = 'pass' | 'blackhole' | 'reset' | 'refuse' | { latencyMs: number } | { loss: number; random: Random };

/** A TCP proxy on the loopback interface, whose network can be made bad while connections live. */
export class FaultProxy {
  /** The port behind it. A server that was started anew may have another one. */
  upstream: number;
  readonly port: number;
  #server: Server;
  #mode: Mode = 'pass';
  readonly #pairs = new Set<[Direction, Direction]>();
  #suffered = 0;

  private constructor(server: Server, upstream: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.upstream = upstream;
    server.on('connection', (client) => this.#carry(client));
  }

  /** On a port that the kernel gives to no outgoing call: while it is refused nobody else gets it by chance. */
  static async listen(upstream: number): Promise<FaultProxy> {
    return new FaultProxy(await retry(async () => listenOn(await freePort(`the fault proxy before ${upstream} of ${process.pid}`))), upstream);
  }

  /** On a port that somebody else has known until now. */
  static async inPlace(port: number, upstream: number): Promise<FaultProxy> {
    return new FaultProxy(await listenOn(port), upstream);
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** How many connections were cut and messages held up so far, which came or stood while the network was bad. */
  get suffered(): number {
    return this.#suffered;
  }

  async set(mode: Mode): Promise<void> {
    this.#mode = mode;
    if (mode === 'refuse') await this.#shut();
    else if (!this.#server.listening) this.#server = (await listenOn(this.port)).on('connection', (client) => this.#carry(client));
    if (mode === 'reset' || mode === 'refuse') this.#cut();
    for (const direction of [...this.#pairs].flat()) direction.suffer(mode);
  }

  async close(): Promise<void> {
    await this.#shut(() => this.#cut());
  }

  #carry(client: Socket): void {
    client.on('error', () => {});
    if (this.#mode !== 'pass') this.#suffered += 1;
    if (this.#mode === 'reset' || this.#mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.upstream, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const suffer = () => void (this.#suffered += 1);
    const pair: [Direction, Direction] = [new Direction(client, server, suffer), new Direction(server, client, suffer)];
    this.#pairs.add(pair);
    for (const direction of pair) direction.suffer(this.#mode);
    for (const [one, other] of [[client, server], [server, client]] as const) {
      one.on('error', () => other.resetAndDestroy());
      one.on('close', () => {
        if (client.destroyed && server.destroyed) this.#pairs.delete(pair);
      });
    }
  }

  #cut(): void {
    this.#suffered += this.#pairs.size;
    for (const direction of [...this.#pairs].flat()) direction.cut();
  }

  async #shut(meanwhile = () => {}): Promise<void> {
    if (!this.#server.listening) return meanwhile();
    const closed = once(this.#server, 'close');
    this.#server.close();
    // It is closed once its connections have gone.
    this.#cut();
    meanwhile();
    await closed;
  }
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  await once(server.listen({ port, host: '127.0.0.1', exclusive: true }), 'listening');
  return server;
}
