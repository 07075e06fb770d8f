import { Fault } from '../fault.ts';
import { mostOf, type Service, services, type Shop } from '../processes.ts';
import type { Crew } from './crew.ts';
import { tryOut, watch } from './judge.ts';
import type { Plan } from './plan.ts';
import type { ReplicaPorts } from './ports.ts';
import type { Rotation } from './rotation.ts';
import { type Release, replicaSpec, treeRelease } from './specs.ts';
import type { ProcessSpec, Supervised } from './supervised.ts';

type Say = (line: string) => void;

/** How long somebody new may take to become ready before it is given up. */
const NEWCOMER_MS = 30_000;
/** How long the first and the later replicas of a new version are looked at while old ones are still there. */
const WATCH_MS = { first: 5000, later: 2000 };

export interface Replica {
  number: number;
  at: ReplicaPorts;
  process: Supervised;
}

/**
 * The replicas of every service, and the changes that shoppers do not notice: who comes is asked once it is ready, who
 * goes is asked no more before it is told to end. One change at a time.
 *
 * A change of scale replaces the replicas that are there, since each has its part of the service's database connections
 * (`poolSize`): what is too much goes first, then one after the other makes way for one with the new part, then more come.
 */
export class Fleet {
  readonly #plan: Plan;
  readonly #shop: Shop;
  readonly #crew: Crew;
  readonly #rotation: Rotation;
  readonly #replicas = new Map<Service, Replica[]>();
  readonly #releases = new Map<Service, Release>();
  readonly #lent = new Set<Service>();
  #busy: string | undefined;

  constructor(plan: Plan, shop: Shop, crew: Crew, rotation: Rotation) {
    this.#plan = plan;
    this.#shop = shop;
    this.#crew = crew;
    this.#rotation = rotation;
  }

  /** Takes over what a start has brought up. */
  adopt(): void {
    for (const service of Object.keys(services) as Service[]) {
      const running = this.#crew.of(service).map((process, index) => ({ number: index + 1, at: this.#plan.ports.replicas[service][index], process }));
      this.#replicas.set(service, running.filter((replica): replica is Replica => replica.at !== undefined));
      this.#releases.set(service, treeRelease(this.#plan.home, service));
    }
  }

  /** To `emall dev`, until it is given back: nobody else changes the service meanwhile. */
  lend(service: Service): readonly Replica[] {
    if (!this.#replicas.has(service)) throw new Fault(`There is no service "${service}".`);
    if (this.#lent.has(service)) throw new Fault(`${service} is being developed already.`);
    this.#refuseWhenBusy();
    this.#lent.add(service);
    return this.#of(service);
  }

  giveBack(service: Service): void {
    this.#lent.delete(service);
  }

  /** A replica as it should be, or with another release in its place. */
  specOf(service: Service, { number, at }: Omit<Replica, 'process'>, release = this.#releaseOf(service)): ProcessSpec {
    return replicaSpec(this.#plan.home, this.#shop, service, number, at, release, NEWCOMER_MS);
  }

  /** @throws Fault before anything happens when one of the numbers cannot be, and when somebody new does not become ready */
  async scale(wanted: Readonly<Record<string, number>>, say: Say): Promise<void> {
    for (const [service, count] of Object.entries(wanted)) this.#refuse(service, count);
    await this.#alone(`scaled to ${Object.entries(wanted).map(([service, count]) => `${service}=${count}`).join(' ')}`, async () => {
      for (const [service, count] of Object.entries(wanted)) await this.#scaleTo(service as Service, count, say);
    });
  }

  /** Replaces the replicas one by one. @throws Fault when the new version is not good; the one before is back then */
  async deploy(service: Service, release: Release, say: Say): Promise<void> {
    this.#refuse(service, 1);
    await this.#alone(`given version ${release.version} of ${service}`, async () => {
      const before = this.#releaseOf(service);
      const replicas = this.#of(service);
      let index = 0;
      try {
        for (; index < replicas.length; index += 1) {
          await this.#replace(service, index, release, (newcomer) => this.#judge(service, newcomer, index));
          say(`${service}-${replicas[index]?.number} runs version ${release.version}`);
        }
      } catch (error) {
        say(`${error instanceof Error ? error.message : String(error)}`);
        for (let back = 0; back < index; back += 1) await this.#replace(service, back, before);
        throw new Fault(`${service} runs version ${before.version} as before: ${release.version} was not good.`);
      }
      this.#releases.set(service, release);
    });
  }

  #refuse(name: string, count: number): void {
    const service = name as Service;
    if (!this.#replicas.has(service)) throw new Fault(`There is no service "${name}". There are: ${[...this.#replicas.keys()].join(', ')}.`);
    if (!Number.isInteger(count) || count < 1) throw new Fault(`${name}=${count}: a service has one replica or more.`);
    if (count > mostOf(service)) throw new Fault(`${name}=${count}: ${mostOf(service)} is the most here (infra/postgres/budget.ts).`);
    if (this.#lent.has(service)) throw new Fault(`${name} is being developed (emall dev).`);
  }

  async #alone(what: string, work: () => Promise<void>): Promise<void> {
    this.#refuseWhenBusy();
    this.#busy = what;
    try {
      await work();
    } finally {
      this.#busy = undefined;
    }
  }

  #refuseWhenBusy(): void {
    if (this.#busy !== undefined) throw new Fault(`The shop is just being ${this.#busy}. Try again when that is done.`);
  }

  async #scaleTo(service: Service, to: number, say: Say): Promise<void> {
    const replicas = this.#of(service);
    const from = replicas.length;
    say(from === to ? `${service} has ${to} already` : `${service}: ${from} → ${to}`);
    const leaving = replicas.splice(to);
    if (leaving.length > 0) {
      await this.#ask(service);
      await this.#rotation.settled();
      await Promise.all(leaving.map((replica) => this.#dismiss(replica)));
      say(leaving.map(({ process }) => `${process.spec.name} has ended`).join(', '));
    }
    this.#shop.replicas[service] = to;
    try {
      await this.#bringUpToDate(service, say);
      await this.#add(service, to - replicas.length, say);
    } catch (error) {
      this.#shop.replicas[service] = replicas.length;
      throw new Fault(`${service} stays at ${replicas.length}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Who has been told another number of replicas makes way for one that knows. */
  async #bringUpToDate(service: Service, say: Say): Promise<void> {
    for (const [index, replica] of this.#of(service).entries()) {
      if (JSON.stringify(this.specOf(service, replica).command) === JSON.stringify(replica.process.spec.command)) continue;
      await this.#replace(service, index, this.#releaseOf(service));
      say(`${replica.process.spec.name} has its new part of the connections`);
    }
  }

  async #add(service: Service, count: number, say: Say): Promise<void> {
    if (count <= 0) return;
    const replicas = this.#of(service);
    const next = 1 + Math.max(...replicas.map(({ number }) => number));
    const started = await Promise.allSettled(Array.from({ length: count }, (_, index) => this.#begin(service, next + index, this.#releaseOf(service))));
    const newcomers = started.filter(({ status }) => status === 'fulfilled').map((outcome) => (outcome as PromiseFulfilledResult<Replica>).value);
    try {
      for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
      await this.#ask(service, newcomers);
      replicas.push(...newcomers);
      say(newcomers.map(({ process }) => `${process.spec.name} is asked`).join(', '));
    } catch (error) {
      await Promise.all(newcomers.map((replica) => this.#dismiss(replica)));
      throw error;
    }
  }

  /** One beside the old one, then in its place. @param judge is given the newcomer while both are asked */
  async #replace(service: Service, index: number, release: Release, judge?: (newcomer: Replica) => Promise<void>): Promise<void> {
    const replicas = this.#of(service);
    const old = replicas[index] as Replica;
    const newcomer = await this.#begin(service, old.number, release);
    try {
      if (judge !== undefined) await judge(newcomer);
      replicas[index] = newcomer;
      await this.#ask(service);
    } catch (error) {
      replicas[index] = old;
      await this.#ask(service);
      await this.#rotation.settled();
      await this.#dismiss(newcomer);
      throw error;
    }
    await this.#rotation.settled();
    await this.#dismiss(old);
  }

  /** Tried by us first, then by everybody beside the old ones. */
  async #judge(service: Service, newcomer: Replica, index: number): Promise<void> {
    const replicas = this.#of(service);
    const known = replicas.slice(index).map(({ process }) => process);
    const fresh = [...replicas.slice(0, index), newcomer].map(({ process }) => process);
    await tryOut(service, newcomer.process, known[0] as Supervised);
    await this.#ask(service, [newcomer]);
    await watch(fresh, known, index === 0 ? WATCH_MS.first : WATCH_MS.later);
  }

  async #begin(service: Service, number: number, release: Release): Promise<Replica> {
    const at = await this.#plan.ports.more();
    try {
      return { number, at, process: await this.#crew.add(this.specOf(service, { number, at }, release)) };
    } catch (error) {
      this.#plan.ports.giveBack(at);
      throw error;
    }
  }

  async #dismiss({ at, process }: Replica): Promise<void> {
    await this.#crew.dismiss(process);
    this.#plan.ports.giveBack(at);
  }

  #ask(service: Service, besides: readonly Replica[] = []): Promise<void> {
    return this.#rotation.ask(service, [...this.#of(service), ...besides].map(({ at }) => at.port));
  }

  #of(service: Service): Replica[] {
    return this.#replicas.get(service) ?? [];
  }

  #releaseOf(service: Service): Release {
    return this.#releases.get(service) as Release;
  }
}
