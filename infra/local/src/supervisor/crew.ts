import { Fault } from '../fault.ts';
import type { TopologyProcess } from '../topology.ts';
import { drainOrder } from './stale.ts';
import { type Listener, type ProcessSpec, Supervised } from './supervised.ts';

const STOPPING = 'The shop is being stopped.';

/** All processes of one shop. */
export class Crew {
  readonly #members: Supervised[] = [];
  readonly #listener: Listener;
  #draining = false;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Starts them side by side and waits until all of them are ready. @throws Fault naming the first that is not */
  async start(specs: readonly ProcessSpec[]): Promise<void> {
    const newcomers = specs.map((spec) => new Supervised(spec, this.#listener));
    this.#members.push(...newcomers);
    await Promise.all(newcomers.map((member) => member.start()));
  }

  /** One more beside those that run, once it is ready; when it does not become so, nothing of it is left. @throws Fault with its last words */
  async add(spec: ProcessSpec): Promise<Supervised> {
    if (this.#draining) throw new Fault(STOPPING);
    const newcomer = new Supervised(spec, this.#listener);
    const after = this.#members.findLastIndex((member) => member.spec.service === spec.service);
    this.#members.splice(after + 1, 0, newcomer);
    try {
      await newcomer.start();
    } catch (error) {
      await this.dismiss(newcomer);
      throw error;
    }
    // Its start ended with it.
    if (this.#draining) throw new Fault(STOPPING);
    return newcomer;
  }

  /** Ends one whom nobody asks any more. */
  async dismiss(member: Supervised): Promise<void> {
    await member.stop(new AbortController().signal);
    const index = this.#members.indexOf(member);
    if (index >= 0) this.#members.splice(index, 1);
    this.#listener.changed();
  }

  of(service: string): Supervised[] {
    return this.#members.filter(({ spec }) => spec.service === service);
  }

  describe(): TopologyProcess[] {
    return this.#members.map((member) => member.describe());
  }

  /** Stops everything from the door inwards. Aborting `hurry` ends the patience with those that are still working. */
  async drain(hurry: AbortSignal, say: (line: string) => void): Promise<void> {
    this.#draining = true;
    for (const group of drainOrder(this.#members.map((member) => ({ member, service: member.spec.service })))) {
      say(`Stopping ${[...new Set(group.map(({ service }) => service))].join(', ')}`);
      await Promise.all(group.map(({ member }) => member.stop(hurry)));
    }
  }
}
