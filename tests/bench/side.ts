import { type CpuTimes, CpuMeter, type Watched } from './cpu/meter.ts';
import type { Load } from './load/load.ts';
import type { Seen } from './load/messages.ts';
import type { World } from './load/operations.ts';
import type { Address } from './load/wire.ts';

/** One round of one operation. */
export interface Round {
  done: number;
  seconds: number;
  latencies: number[];
  failures: Seen['failures'];
  layers: Record<string, number>;
  generatorMs: number;
  /** By process, while it ran and while what follows it was done. */
  cpu: CpuTimes;
}

/** Something that can be measured in rounds: ours, or a limit. */
export interface Side {
  warmUp(): Promise<void>;
  round(): Promise<Round>;
  close(): Promise<void>;
}

export interface HttpPlan {
  as: string;
  to: Address;
  operation: string;
  world: World;
  concurrency: number;
  /** How long a round is to take. */
  seconds: number;
  /** The most in a round, where the world has only so many things. */
  most?: number;
  watched: Watched[];
  /** Before and after what is measured. */
  before?(): Promise<void>;
  /** What the operations have left to do: measured with them. */
  rest?(): Promise<void>;
}

const FIRST = 100;
/** Operations before the first that counts: after so many the compiler of each of two replicas has come to rest. */
const WARM = 3000;
const LONGEST_WARM_UP_MS = 20_000;
/** Fewer, and ticks of 10 ms in each process would blur the figure. */
const LEAST = 200;

/** Operations over HTTP, made by the generator. */
export class HttpSide implements Side {
  readonly #load: Load;
  readonly #plan: HttpPlan;
  #count = FIRST;

  constructor(load: Load, plan: HttpPlan) {
    this.#load = load;
    this.#plan = plan;
  }

  /** Until code is compiled and pools are full; also finds how many make a round of the wanted length. */
  async warmUp(): Promise<void> {
    const { as, to, operation, world, rest } = this.#plan;
    await this.#load.tell({ kind: 'open', as, to, operation, world });
    const start = performance.now();
    for (let done = 0; done < WARM || this.#count === FIRST; ) {
      const seen = await this.#run();
      await rest?.();
      this.#count = this.#fitting(seen);
      done += seen.done;
      if (performance.now() - start > LONGEST_WARM_UP_MS) break;
    }
  }

  async round(): Promise<Round> {
    const { before, rest, watched } = this.#plan;
    await this.#prepare();
    await before?.();
    const meter = new CpuMeter(watched);
    const seen = await this.#measured();
    await rest?.();
    const cpu = meter.stop();
    const { done, seconds, latencies, failures, layers, cpuMs } = seen;
    return { done, seconds, latencies, failures, layers, generatorMs: cpuMs, cpu };
  }

  async close(): Promise<void> {
    await this.#load.tell({ kind: 'close', as: this.#plan.as });
  }

  async #run(): Promise<Seen> {
    await this.#prepare();
    return this.#measured();
  }

  async #prepare(): Promise<void> {
    await this.#load.tell({ kind: 'prepare', as: this.#plan.as, count: this.#count });
  }

  #measured(): Promise<Seen> {
    const { as, concurrency } = this.#plan;
    return this.#load.tell({ kind: 'run', as, count: this.#count, concurrency });
  }

  #fitting({ done, seconds }: Seen): number {
    return Math.min(this.#plan.most ?? Infinity, Math.max(LEAST, Math.round((done / seconds) * this.#plan.seconds)));
  }
}
