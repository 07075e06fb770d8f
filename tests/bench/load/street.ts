import { type Address, headerOf, type Reply, Wire } from './wire.ts';

/** Clients enough that none of them asks for more than a busy household does. */
const CLIENTS = 256;

export interface Call {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A call that was not answered as it must be: what was measured then is not the operation. */
export class Unexpected extends Error {}

/** Clients of many addresses with a connection each, used in turn. */
export class Street {
  readonly #wires: Wire[];
  readonly #host: string;
  #next = 0;
  /** Which layer answered, as answers say it. */
  readonly layers = new Map<string, number>();

  constructor({ host, port }: Address, clients = CLIENTS) {
    this.#host = `${host}:${port}`;
    this.#wires = Array.from({ length: clients }, (_, i) => new Wire({ host, port, from: `127.1.${Math.floor(i / 250)}.${(i % 250) + 1}` }));
  }

  /** @throws Unexpected when the answer's status is another one */
  async call(call: Call, expected: number): Promise<Reply> {
    const wire = this.#free();
    const reply = await wire.send(this.#text(call));
    this.#wires.push(wire);
    const layer = headerOf(reply, 'x-cache');
    if (layer !== undefined) this.layers.set(layer, (this.layers.get(layer) ?? 0) + 1);
    if (reply.status !== expected) throw new Unexpected(`${call.method} ${call.path}: ${reply.status} ${reply.body.toString().slice(0, 300)}`);
    return reply;
  }

  close(): void {
    for (const wire of this.#wires) wire.close();
  }

  /** The one that has rested longest. */
  #free(): Wire {
    const wire = this.#wires[this.#next];
    if (!wire) throw new Error('every client waits for an answer');
    this.#next += 1;
    if (this.#next > 1024) {
      this.#wires.splice(0, this.#next);
      this.#next = 0;
    }
    return wire;
  }

  #text({ method, path, headers = {}, body }: Call): string {
    let text = `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\naccept-encoding: gzip\r\n`;
    for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`;
    if (body === undefined) return `${text}\r\n`;
    return `${text}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }
}
