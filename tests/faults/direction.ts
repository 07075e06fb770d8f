import type { Socket } from 'node:net';
import type { Mode } from './proxy.ts';

/** One way of a connection: bytes leave in the order in which they came, each after the latency of the moment it came. */
export class Direction {
  readonly #from: Socket;
  readonly #to: Socket;
  #mode: Mode = 'pass';
  /** Undefined bytes are the end. */
  readonly #waiting: { bytes: Buffer | undefined; due: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => this.#take(undefined));
    from.on('close', () => clearTimeout(this.#timer));
    to.on('drain', () => this.#deliver());
  }

  suffer(mode: Mode): void {
    this.#mode = mode;
    if (mode === 'blackhole') this.#from.pause();
    else this.#deliver();
  }

  cut(): void {
    this.#from.resetAndDestroy();
  }

  #take(bytes: Buffer | undefined): void {
    const latency = typeof this.#mode === 'object' ? this.#mode.latencyMs : 0;
    this.#waiting.push({ bytes, due: performance.now() + latency });
    this.#deliver();
  }

  /** Writes what is due. A receiver that is slow slows the sender. */
  #deliver(): void {
    clearTimeout(this.#timer);
    if (this.#mode === 'blackhole' || this.#to.destroyed) return;
    while (this.#waiting[0] !== undefined) {
      const [{ bytes, due }] = this.#waiting as [{ bytes: Buffer | undefined; due: number }];
      const wait = due - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#deliver(), Math.ceil(wait));
        return void this.#from.resume();
      }
      this.#waiting.shift();
      if (bytes === undefined) this.#to.end();
      else if (!this.#to.write(bytes)) return void this.#from.pause();
    }
    this.#from.resume();
  }
}
