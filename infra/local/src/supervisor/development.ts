import type { Service } from '../processes.ts';
import type { Development } from './control.ts';
import type { Fleet } from './fleet.ts';
import type { Replica } from './replicas.ts';
import type { Rotation } from './rotation.ts';

/**
 * Lets one process from another file stand in for the replicas of a service while the shop runs. Of two or more the
 * balancer keeps one to send shoppers to at every moment.
 */
export function createDevelopment(fleet: Pick<Fleet, 'lend' | 'giveBack' | 'specOf'>, rotation: Pick<Rotation, 'ask'>, say: (line: string) => void): Development {
  const lent = new Map<Service, readonly Replica[]>();
  const never = new AbortController().signal;
  const portsOf = (replicas: readonly Replica[]) => replicas.map(({ at }) => at.port);

  async function begin(service: Service, file: string, [first, ...others]: readonly Replica[]): Promise<void> {
    if (first === undefined) return;
    const spec = fleet.specOf(service, first, { version: 'dev', file });
    await first.process.replace({ ...spec, command: { ...spec.command, env: { ...spec.command.env, NODE_ENV: 'development' } } });
    await rotation.ask(service, portsOf([first]));
    for (const other of others) await other.process.stop(never);
    say(`${service} runs from its sources, as one process (pid ${first.process.id?.pid})`);
  }

  /** Whatever of it fails, the service is given back: a change of scale or version then mends what is not as it should be. */
  async function end(service: Service): Promise<void> {
    const replicas = lent.get(service);
    if (replicas === undefined) return;
    lent.delete(service);
    const failures: unknown[] = [];
    const tried = (step: Promise<void>) => step.catch((error: unknown) => void failures.push(error));
    const [first, ...others] = replicas;
    for (const { process } of others) if (process.id === undefined) await tried(process.start());
    await tried(rotation.ask(service, portsOf(replicas)));
    if (first !== undefined) await tried(first.process.replace(fleet.specOf(service, first)));
    fleet.giveBack(service);
    if (failures.length > 0) throw failures[0];
    say(`${service} runs from its bundle again, as ${replicas.length} processes`);
  }

  return {
    async begin(service, file) {
      const replicas = fleet.lend(service);
      lent.set(service, replicas);
      try {
        await begin(service, file, replicas);
      } catch (error) {
        await end(service).catch((also: unknown) => say(`${service} is given back, but not as it was: ${also instanceof Error ? also.message : String(also)}`));
        throw error;
      }
    },
    async restart(service) {
      const [first] = lent.get(service) ?? [];
      if (first !== undefined) await first.process.replace(first.process.spec);
    },
    end,
  };
}
