import type { Mode } from '../proxy.ts';
import type { Network, Target } from '../target.ts';
import type { Fault, Heal } from './fault.ts';

async function spoil({ network }: Target, server: 'postgres' | 'redis', mode: Mode): Promise<Heal> {
  if (network === undefined) throw new Error(`nothing of ours is before ${server}`);
  await network[server].set(mode);
  return () => network[server].set('pass');
}

const fault = (name: string, row: string, server: keyof Pick<Network, 'postgres' | 'redis'>, mode: Mode): Fault => ({ name, row, on: server, needs: 'proxies', inject: (target) => spoil(target, server, mode) });

export const networkFaults: Fault[] = [
  fault('postgres is 30 ms away', '3.1 Slow', 'postgres', { latencyMs: 15 }),
  fault('postgres refuses', '3.1 Down 60 s', 'postgres', 'refuse'),
  fault('postgres is a black hole', '3.1 Frozen / blackholed', 'postgres', 'blackhole'),
  fault('postgres resets', '3.1 Down 60 s', 'postgres', 'reset'),
  fault('redis is 300 ms away', '3.2 Slow', 'redis', { latencyMs: 150 }),
  fault('redis refuses', '3.2 Down', 'redis', 'refuse'),
  fault('redis is a black hole', '3.2 Frozen', 'redis', 'blackhole'),
];
