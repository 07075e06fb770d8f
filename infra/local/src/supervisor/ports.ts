import type { Server } from 'node:net';
import type { Home } from '../home.ts';
import { internalServices, replicas, type Service } from '../processes.ts';
import { claimPorts } from '../system/ports.ts';

/** Where a replica answers, and where it tells of itself. */
export interface ReplicaPorts {
  port: number;
  adminPort: number;
}

/** The ports of one shop by what listens there. Taken once: a process that restarts finds its own again. */
export interface ShopPorts {
  postgres: number;
  redis: number;
  sandbox: number;
  /** Listens already: what it listens on is our claim to all the others. */
  control: Server;
  internal: Record<(typeof internalServices)[number], number>;
  replicas: Record<Service, ReplicaPorts[]>;
  /** For one more replica of whatever service. */
  more(): Promise<ReplicaPorts>;
  /** Nobody listens there any more, and nobody asks there. */
  giveBack(at: ReplicaPorts): void;
}

export async function takePorts(home: Home, edge: number): Promise<ShopPorts> {
  const names = Object.keys(replicas) as Service[];
  const count = 3 + internalServices.length + 2 * names.reduce((sum, name) => sum + replicas[name], 0);
  const { holder, ports, more, giveBack } = await claimPorts(count, home.path, edge);
  const next = () => ports.shift() ?? 0;
  return {
    postgres: next(),
    redis: next(),
    sandbox: next(),
    control: holder,
    internal: Object.fromEntries(internalServices.map((name) => [name, next()])) as ShopPorts['internal'],
    replicas: Object.fromEntries(names.map((name) => [name, Array.from({ length: replicas[name] }, () => ({ port: next(), adminPort: next() }))])) as ShopPorts['replicas'],
    async more() {
      const [port = 0, adminPort = 0] = await more(2);
      return { port, adminPort };
    },
    giveBack: ({ port, adminPort }) => giveBack([port, adminPort]),
  };
}
