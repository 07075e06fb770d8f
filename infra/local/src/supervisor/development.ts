import type { Service } from '../processes.ts';
import type { Development } from './control.ts';
import type { Fleet, Replica } from './fleet.ts';
import type { Rotation } from './rotation.ts';

/**
 * Lets one process from another file stand in for the replicas of a service while the shop runs. Of two or more the
 * balancer keeps one to send shoppers to at every moment.
 */
export function createDevelopment(fleet: Fleet, rotation: Rotation, say: (line: string) => void): Development {
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

  async function end(service: Service): Promise<void> {
    const replicas = lent.get(service);
    if (replicas === undefined) return;
    lent.delete(service);
    const [first, ...others] = replicas;
    for (const { process } of others) if (process.id === undefined) await process.start();
    await rotation.ask(service, portsOf(replicas));
    if (first !== undefined) await first.process.replace(fleet.specOf(service, first));
    fleet.giveBack(service);
    say(`${service} runs from its bundle again, as ${replicas.length} processes`);
  }

  return {
    async begin(service, file) {
      const replicas = fleet.lend(service);
      lent.set(service, replicas);
      try {
        await begin(service, file, replicas);
      } catch (error) {
        await end(service);
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
