import type { Row } from '../matrix.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';

export interface Fault {
  name: string;
  /** Of the fault matrix. */
  row: Row;
  /** What it breaks, a service or a server: faults of the same one do not overlap. */
  on: string;
  /** Of Postgres and Redis: the shop's own, which its supervisor starts again, or those of the harness, which have proxies and a disk. */
  needs?: 'supervisor' | 'proxies' | 'disk';
  /** For how long, where the row says so. */
  ms?: number;
  /**
   * Resolves once the fault is there. What it gives back ends it, and resolves when what was broken serves again.
   * @throws NotOurs when what it would break cannot be shown to be ours
   */
  inject(target: Target, random: Random): Promise<Heal>;
}

/** What shows that the fault was there, in words; undefined when nothing shows it. */
export type Evidence = string | undefined;

export type Heal = () => Promise<Evidence>;

/** For what is over by itself. */
export const healed = (evidence: Evidence): Heal => async () => evidence;

export const evidenceIf = (felt: boolean, words: string): Evidence => (felt ? words : undefined);
