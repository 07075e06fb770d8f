import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../../../infra/local/src/system/ports.ts';
import type { TestShop } from '../../local/shop.ts';
import { FaultProxy, type Mode } from '../proxy.ts';
import { untilReady } from '../rest.ts';
import { beforeItsProgram } from './bundle.ts';
import { evidenceIf, type Heal } from './fault.ts';
import { kill } from './processes.ts';

/** The way to one replica, on which everybody who asks it comes by our proxy: where it listened, and it listens elsewhere. */
export class WayTo {
  readonly name: string;
  readonly #proxy: FaultProxy;
  readonly #port: number;
  readonly #putBack: () => void;

  private constructor(name: string, proxy: FaultProxy, port: number, putBack: () => void) {
    this.name = name;
    this.#proxy = proxy;
    this.#port = port;
    this.#putBack = putBack;
  }

  static async take(shop: TestShop, name: string): Promise<WayTo> {
    const { service, port: known } = shop.process(name);
    const port = await freePort(`${name} of ${shop.home}`);
    const putBack = beforeItsProgram(shop, service, `if (process.env.REPLICA === '${name}') process.env.PORT = '${port}';`);
    await (await kill(shop, name, 'SIGTERM'))();
    const way = new WayTo(name, await FaultProxy.inPlace(known, port), port, putBack);
    await untilReady(shop);
    return way;
  }

  /** Grey: it answers rightly, and every answer comes so much later. */
  async slow(latencyMs: number): Promise<Heal> {
    return this.#spoil({ latencyMs: latencyMs / 2 });
  }

  /** In its place somebody answers 500 before the replica could have read the question. */
  async failAtOnce(): Promise<Heal> {
    let failed = 0;
    const failing = createServer((request, response) => {
      failed += 1;
      request.resume();
      response.writeHead(500, { 'content-type': 'application/problem+json' }).end('{"status":500}');
    });
    await once(failing.listen(0, '127.0.0.1'), 'listening');
    await this.#lead((failing.address() as AddressInfo).port);
    return async () => {
      await this.#lead(this.#port);
      failing.close();
      failing.closeAllConnections();
      return evidenceIf(failed > 0, `${this.name} failed ${failed} times`);
    };
  }

  /** From then on the replica cannot be asked, until it is started anew. */
  async close(): Promise<void> {
    this.#putBack();
    await this.#proxy.close();
  }

  async #spoil(mode: Mode): Promise<Heal> {
    const suffered = this.#proxy.suffered;
    await this.#proxy.set(mode);
    return async () => {
      await this.#proxy.set('pass');
      const times = this.#proxy.suffered - suffered;
      return evidenceIf(times > 0, `${times} messages to and from ${this.name} came late`);
    };
  }

  /** Connections that are kept lead where they led. */
  async #lead(port: number): Promise<void> {
    this.#proxy.upstream = port;
    await this.#proxy.set('reset');
    await this.#proxy.set('pass');
  }
}
