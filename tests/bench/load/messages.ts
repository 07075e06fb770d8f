import type { World } from './operations.ts';
import type { Address } from './wire.ts';

/** To the generator. Several operations may be open, each under a name. */
export type Task =
  | { kind: 'open'; as: string; to: Address; operation: string; world: World }
  /** Does what comes before so many operations. */
  | { kind: 'prepare'; as: string; count: number }
  /** So many operations, `concurrency` at a time: a loop that waits for each answer. */
  | { kind: 'run'; as: string; count: number; concurrency: number }
  | { kind: 'close'; as: string };

/** What a run has seen. */
export interface Seen {
  done: number;
  seconds: number;
  /** Of each operation, in milliseconds. */
  latencies: number[];
  failures: { count: number; examples: string[] };
  /** Which layer answered how often, as `X-Cache` says. */
  layers: Record<string, number>;
  /** Of the generator itself. */
  cpuMs: number;
}
