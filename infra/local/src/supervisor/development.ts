import { writeNginx } from '../nginx.ts';
import { replicas, type Service, type Shop } from '../processes.ts';
import { signal } from '../system/processes.ts';
import type { Development } from './control.ts';
import type { Crew } from './crew.ts';
import { type Plan, planNginx } from './plan.ts';
import { replicaSpec } from './specs.ts';

/**
 * Lets one process from another file stand in for the replicas of a service while the shop runs. The balancer keeps a
 * replica to send shoppers to at every moment.
 */
export function createDevelopment(plan: Plan, shop: Shop, crew: Crew, say: (line: string) => void): Development {
  const alone = new Set<Service>();
  const never = new AbortController().signal;

  function rebalance(): void {
    writeNginx(plan.home, planNginx(plan, alone));
    const [nginx] = crew.of('nginx');
    if (nginx?.id !== undefined) signal(nginx.id, 'SIGHUP');
  }

  const specOf = (service: Service, index: number, file?: string) => {
    const at = plan.ports.replicas[service][index];
    if (at === undefined) throw new Error(`${service} has no replica ${index + 1}`);
    return replicaSpec(plan.home, shop, service, index + 1, at, file);
  };

  return {
    async begin(service, file) {
      if (!(service in replicas)) throw new Error(`there is no service ${String(service)}`);
      if (alone.has(service)) throw new Error(`${service} is being developed already`);
      alone.add(service);
      const [first, ...others] = crew.of(service);
      const spec = specOf(service, 0, file);
      await first?.replace({ ...spec, command: { ...spec.command, env: { ...spec.command.env, NODE_ENV: 'development', ...(spec.command.env['REPLICAS'] !== undefined && { REPLICAS: '1' }) } } });
      rebalance();
      for (const other of others) await other.stop(never);
      say(`${service} runs from its sources, as one process (pid ${first?.id?.pid})`);
    },
    async restart(service) {
      const [first] = crew.of(service);
      if (first !== undefined) await first.replace(first.spec);
    },
    async end(service) {
      if (!alone.delete(service)) return;
      const [first, ...others] = crew.of(service);
      for (const other of others) await other.start();
      rebalance();
      await first?.replace(specOf(service, 0));
      say(`${service} runs from its bundle again, as ${1 + others.length} processes`);
    },
  };
}
