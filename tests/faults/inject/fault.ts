import type { Random } from '../random.ts';
import type { Target } from '../target.ts';

export interface Fault {
  name: string;
  /** The row of the fault matrix in RELIABILITY.md, section 3. */
  row: string;
  /** What it breaks, a service or a server: faults of the same one do not overlap. */
  on: string;
  /** Of Postgres and Redis: the shop's own, which its supervisor starts again, or those of the harness, which have proxies and a disk. */
  needs?: 'supervisor' | 'proxies' | 'disk';
  /**
   * Resolves once the fault is there. What it gives back ends it, and resolves when what was broken serves again.
   * @throws NotOurs when what it would break cannot be shown to be ours
   */
  inject(target: Target, random: Random): Promise<Heal>;
}

export type Heal = () => Promise<void>;

/** For what is over by itself. */
export const nothingToHeal: Heal = async () => {};
