import type { Socket } from 'node:net';
import type { Mode } from './proxy.ts';

/** TCP sends again what was lost after 0.2 s, then after twice as long. */
const AGAIN_MS = [200, 600, 1200];

/** One way of a connection: bytes leave in the order in which they came, each after the latency of the moment it came. */
export class Direction {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #held: () => void;
  #mode: Mode = 'pass';
  /** Undefined bytes are the end. */
  readonly #waiting: { bytes: Buffer | undefined; due: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param held is told of everything that comes later than it would */
  constructor(from: Socket, to: Socket, held: () => void) {
    this.#from = from;
    this.#to = to;
    this.#held = held;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => this.#take(undefined));
    from.on('close', () => clearTimeout(this.#timer));
    to.on('drain', () => this.#deliver());
  }

  suffer(mode: Mode): void {
    this.#mode = mode;
    if (mode !== 'blackhole') return this.#deliver();
    this.#from.pause();
    this.#held();
  }

  cut(): void {
    this.#from.resetAndDestroy();
  }

  #take(bytes: Buffer | undefined): void {
    const latency = latencyOf(this.#mode);
    if (latency > 0) this.#held();
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

function latencyOf(mode: Mode): number {
  if (typeof mode !== 'object') return 0;
  if ('latencyMs' in mode) return mode.latencyMs;
  const { loss, random } = mode;
  return random.chance(loss) ? (AGAIN_MS.find(() => !random.chance(loss)) ?? Math.max(...AGAIN_MS)) : 0;
}
