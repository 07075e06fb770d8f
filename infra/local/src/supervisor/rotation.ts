import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.ts';
import { writeNginx, writeUpstreams } from '../nginx.ts';
import type { Service } from '../processes.ts';
import { childrenOf, isAlive, type ProcessId, signal } from '../system/processes.ts';
import type { Crew } from './crew.ts';
import { type Asked, type Plan, planNginx } from './plan.ts';

/** nginx reads its files in milliseconds; who does not begin within this has refused what they say. */
const BEGIN_MS = 10_000;
/** More than `worker_shutdown_timeout`, after which a worker closes what a slow client holds open. */
const END_MS = 12_000;

/** Whom nginx asks for each service. */
export class Rotation {
  readonly #plan: Plan;
  readonly #crew: Crew;
  #asked: Asked;
  /** Workers that may still ask whom nobody is to ask any more. */
  #leaving: ProcessId[] = [];

  constructor(plan: Plan, crew: Crew) {
    this.#plan = plan;
    this.#crew = crew;
    this.#asked = Object.fromEntries(Object.entries(plan.ports.replicas).map(([service, at]) => [service, at.map(({ port }) => port)])) as unknown as Asked;
  }

  /** Everything that nginx reads, before it starts. */
  write(): void {
    writeNginx(this.#plan.home, planNginx(this.#plan, this.#asked));
  }

  #rewrite(asked: Asked): void {
    this.#asked = asked;
    writeUpstreams(this.#plan.home, planNginx(this.#plan, asked));
  }

  /** From its return on whoever comes is sent to one of these. @throws Fault when nginx goes on as before */
  async ask(service: Service, ports: readonly number[]): Promise<void> {
    const before = this.#asked;
    this.#rewrite({ ...before, [service]: ports });
    const [nginx] = this.#crew.of('nginx');
    // One that is away reads what was written when it is back.
    if (nginx?.id === undefined) return;
    const master = nginx.id;
    const old = childrenOf(master);
    signal(master, 'SIGHUP');
    const others = () => !isAlive(master) || childrenOf(master).some(({ pid }) => old.every((worker) => worker.pid !== pid));
    if (!(await within(BEGIN_MS, others))) {
      this.#rewrite(before);
      throw new Fault(`nginx does not take its new configuration. Why: ${nginx.spec.log}`);
    }
    this.#leaving = old;
  }

  /** Until nobody is on the way to those who are not asked any more. */
  async settled(): Promise<void> {
    await within(END_MS, () => !this.#leaving.some(isAlive));
    this.#leaving = [];
  }
}

async function within(ms: number, done: () => boolean): Promise<boolean> {
  const end = performance.now() + ms;
  while (!done()) {
    if (performance.now() > end) return false;
    await sleep(20);
  }
  return true;
}
