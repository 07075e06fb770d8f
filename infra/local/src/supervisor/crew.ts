import type { TopologyProcess } from '../topology.ts';
import { drainOrder } from './stale.ts';
import { type Listener, type ProcessSpec, Supervised } from './supervised.ts';

/** All processes of one shop. */
export class Crew {
  readonly #members: Supervised[] = [];
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Starts them side by side and waits until all of them are ready. @throws Fault naming the first that is not */
  async start(specs: readonly ProcessSpec[]): Promise<void> {
    const newcomers = specs.map((spec) => new Supervised(spec, this.#listener));
    this.#members.push(...newcomers);
    await Promise.all(newcomers.map((member) => member.start()));
  }

  of(service: string): Supervised[] {
    return this.#members.filter(({ spec }) => spec.service === service);
  }

  describe(): TopologyProcess[] {
    return this.#members.map((member) => member.describe());
  }

  /** Stops everything from the door inwards. Aborting `hurry` ends the patience with those that are still working. */
  async drain(hurry: AbortSignal, say: (line: string) => void): Promise<void> {
    for (const group of drainOrder(this.#members.map((member) => ({ member, service: member.spec.service })))) {
      say(`Stopping ${[...new Set(group.map(({ service }) => service))].join(', ')}`);
      await Promise.all(group.map(({ member }) => member.stop(hurry)));
    }
  }
}
