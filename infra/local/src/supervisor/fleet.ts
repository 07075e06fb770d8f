import { Fault } from '../fault.ts';
import type { DatabaseService } from '../../../postgres/budget.ts';
import { mostOf, type Service, services, type Shop } from '../processes.ts';
import type { Crew } from './crew.ts';
import { tryOut, watch } from './judge.ts';
import { migrate } from './migrate.ts';
import type { Plan } from './plan.ts';
import { type Replica, Replicas, type SpecFor } from './replicas.ts';
import { rollOut } from './roll-out.ts';
import type { Rotation } from './rotation.ts';
import { type Release, replicaSpec, treeRelease } from './specs.ts';
import type { ProcessSpec, Supervised } from './supervised.ts';

type Say = (line: string) => void;

/** How long somebody new may take to become ready before it is given up. */
const NEWCOMER_MS = 30_000;
/** How long the first and the later replicas of a new version are looked at while old ones are still there. */
const WATCH_MS = { first: 5000, later: 2000 };

/**
 * The changes of a running shop, one at a time.
 *
 * A change of scale replaces the replicas that are there, since each has its part of the service's database connections
 * (`poolSize`): what is too much goes first, then one after the other makes way for one with the new part, then more come.
 */
export class Fleet {
  readonly #plan: Plan;
  readonly #shop: Shop;
  readonly #crew: Crew;
  readonly #replicas: Replicas;
  readonly #releases = new Map<Service, Release>();
  readonly #lent = new Set<Service>();
  #busy: string | undefined;

  constructor(plan: Plan, shop: Shop, crew: Crew, rotation: Rotation) {
    this.#plan = plan;
    this.#shop = shop;
    this.#crew = crew;
    this.#replicas = new Replicas(plan.ports, crew, rotation);
  }

  /** Takes over what a start has brought up. */
  adopt(): void {
    for (const service of Object.keys(services) as Service[]) {
      const running = this.#crew.of(service).map((process, index) => ({ number: index + 1, at: this.#plan.ports.replicas[service][index], process }));
      this.#replicas.adopt(service, running.filter((replica): replica is Replica => replica.at !== undefined));
      this.#releases.set(service, treeRelease(this.#plan.home, service));
    }
  }

  /** To `emall dev`, until it is given back: nobody else changes the service meanwhile. */
  lend(service: Service): readonly Replica[] {
    if (!this.#replicas.services().includes(service)) throw new Fault(`There is no service "${service}".`);
    if (this.#lent.has(service)) throw new Fault(`${service} is being developed already.`);
    this.#refuseWhenBusy();
    this.#lent.add(service);
    return this.#replicas.of(service);
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

  /** Migrates, then replaces the replicas one by one. @throws Fault before anything happens when it cannot be now, and when the new version is not good; the one before is back then */
  async deploy(service: Service, release: Release, say: Say): Promise<void> {
    this.#refuse(service, 1);
    await this.#alone(`given version ${release.version} of ${service}`, async () => {
      if (release.migration !== undefined) await migrate(this.#shop, service as DatabaseService, release.migration, say);
      const rolled = (one: Release) => ({ version: one.version, specFor: this.#specFor(service, one) });
      await rollOut(this.#replicas, service, rolled(release), rolled(this.#releaseOf(service)), (newcomer, index) => this.#judge(service, newcomer, index), say);
      this.#releases.set(service, release);
    });
  }

  #refuse(name: string, count: number): void {
    const service = name as Service;
    const known = this.#replicas.services();
    if (!known.includes(service)) throw new Fault(`There is no service "${name}". There are: ${known.join(', ')}.`);
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
    const from = this.#replicas.of(service).length;
    say(from === to ? `${service} has ${to} already` : `${service}: ${from} → ${to}`);
    try {
      const gone = await this.#replicas.keep(service, to);
      if (gone.length > 0) say(gone.map(({ process }) => `${process.spec.name} has ended`).join(', '));
      this.#shop.replicas[service] = to;
      await this.#bringUpToDate(service, say);
      const missing = to - this.#replicas.of(service).length;
      if (missing > 0) say((await this.#replicas.add(service, missing, this.#specFor(service))).map(({ process }) => `${process.spec.name} is asked`).join(', '));
    } catch (error) {
      const { length } = this.#replicas.of(service);
      this.#shop.replicas[service] = length;
      throw new Fault(`${service} stays at ${length}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Who has been told another number of replicas makes way for one that knows. */
  async #bringUpToDate(service: Service, say: Say): Promise<void> {
    for (const [index, replica] of this.#replicas.of(service).entries()) {
      if (JSON.stringify(this.specOf(service, replica).command) === JSON.stringify(replica.process.spec.command)) continue;
      await this.#replicas.replace(service, index, this.#specFor(service));
      say(`${replica.process.spec.name} has its new part of the connections`);
    }
  }

  /** Tried by us first, then by everybody beside the old ones. */
  async #judge(service: Service, newcomer: Replica, index: number): Promise<void> {
    const replicas = this.#replicas.of(service);
    const known = replicas.slice(index).map(({ process }) => process);
    const fresh = [...replicas.slice(0, index), newcomer].map(({ process }) => process);
    await tryOut(service, newcomer.process, known[0] as Supervised, Buffer.from(this.#shop.secrets.identity.gateway, 'hex'));
    await this.#replicas.ask(service, [...replicas, newcomer]);
    await watch(fresh, known, index === 0 ? WATCH_MS.first : WATCH_MS.later);
  }

  #specFor(service: Service, release = this.#releaseOf(service)): SpecFor {
    return (replica) => this.specOf(service, replica, release);
  }

  #releaseOf(service: Service): Release {
    return this.#releases.get(service) as Release;
  }
}
