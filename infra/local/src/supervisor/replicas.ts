import type { Service } from '../processes.ts';
import type { Crew } from './crew.ts';
import type { ReplicaPorts, ShopPorts } from './ports.ts';
import type { Rotation } from './rotation.ts';
import type { ProcessSpec, Supervised } from './supervised.ts';

export interface Replica {
  number: number;
  at: ReplicaPorts;
  process: Supervised;
}

/** How a replica of that number is run on those ports. */
export type SpecFor = (replica: Omit<Replica, 'process'>) => ProcessSpec;

/**
 * The replicas of every service, and the moves that shoppers do not notice: who comes is asked once it is ready, who goes is
 * asked no more before it is told to end. Whatever fails on the way, nobody runs who is not in the list, and nobody is asked
 * for a service whose ports were given to somebody else.
 */
export class Replicas {
  readonly #ports: Pick<ShopPorts, 'more' | 'giveBack'>;
  readonly #crew: Pick<Crew, 'add' | 'dismiss'>;
  readonly #rotation: Pick<Rotation, 'ask' | 'settled'>;
  readonly #all = new Map<Service, Replica[]>();

  constructor(ports: Pick<ShopPorts, 'more' | 'giveBack'>, crew: Pick<Crew, 'add' | 'dismiss'>, rotation: Pick<Rotation, 'ask' | 'settled'>) {
    this.#ports = ports;
    this.#crew = crew;
    this.#rotation = rotation;
  }

  /** Takes over what a start has brought up, and nginx asks. */
  adopt(service: Service, running: readonly Replica[]): void {
    this.#all.set(service, [...running]);
  }

  services(): Service[] {
    return [...this.#all.keys()];
  }

  of(service: Service): readonly Replica[] {
    return this.#all.get(service) ?? [];
  }

  ask(service: Service, asked: readonly Replica[]): Promise<void> {
    return this.#rotation.ask(service, asked.map(({ at }) => at.port));
  }

  /** All of them, or none. @returns who came */
  async add(service: Service, count: number, specFor: SpecFor): Promise<readonly Replica[]> {
    const there = this.of(service);
    const next = 1 + Math.max(...there.map(({ number }) => number));
    const started = await Promise.allSettled(Array.from({ length: count }, (_, index) => this.#begin(next + index, specFor)));
    const newcomers = started.filter(({ status }) => status === 'fulfilled').map((outcome) => (outcome as PromiseFulfilledResult<Replica>).value);
    try {
      for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
      await this.ask(service, [...there, ...newcomers]);
    } catch (error) {
      await Promise.all(newcomers.map((replica) => this.#dismiss(replica)));
      throw error;
    }
    this.#all.set(service, [...there, ...newcomers]);
    return newcomers;
  }

  /** Keeps the first `count`. @returns who has gone */
  async keep(service: Service, count: number): Promise<readonly Replica[]> {
    const staying = this.of(service).slice(0, count);
    const leaving = this.of(service).slice(count);
    if (leaving.length === 0) return [];
    await this.ask(service, staying);
    this.#all.set(service, staying);
    await this.#rotation.settled();
    await Promise.all(leaving.map((replica) => this.#dismiss(replica)));
    return leaving;
  }

  /** One beside the old one, then in its place. @param judge is given the newcomer, whom nobody asks unless it says so; it throws when that is not to stay */
  async replace(service: Service, index: number, specFor: SpecFor, judge?: (newcomer: Replica) => Promise<void>): Promise<void> {
    const before = this.of(service);
    const old = before[index] as Replica;
    const newcomer = await this.#begin(old.number, specFor);
    const after = before.with(index, newcomer);
    try {
      if (judge !== undefined) await judge(newcomer);
      await this.ask(service, after);
    } catch (error) {
      await this.#turnBack(service, newcomer);
      throw error;
    }
    this.#all.set(service, after);
    await this.#rotation.settled();
    await this.#dismiss(old);
  }

  /** When nginx does not hear of it either, it goes on asking on those ports: nobody else gets them then, and it finds nobody there and asks the next. */
  async #turnBack(service: Service, newcomer: Replica): Promise<void> {
    try {
      await this.ask(service, this.of(service));
    } catch {
      await this.#crew.dismiss(newcomer.process);
      return;
    }
    await this.#rotation.settled();
    await this.#dismiss(newcomer);
  }

  async #begin(number: number, specFor: SpecFor): Promise<Replica> {
    const at = await this.#ports.more();
    try {
      return { number, at, process: await this.#crew.add(specFor({ number, at })) };
    } catch (error) {
      this.#ports.giveBack(at);
      throw error;
    }
  }

  async #dismiss({ at, process }: Replica): Promise<void> {
    await this.#crew.dismiss(process);
    this.#ports.giveBack(at);
  }
}
