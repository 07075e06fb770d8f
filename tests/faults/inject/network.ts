import type { FaultProxy, Mode } from '../proxy.ts';
import type { Row } from '../matrix.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { evidenceIf, type Fault, type Heal } from './fault.ts';
import { kill } from './processes.ts';

type Server = 'postgres' | 'redis';

function before({ network }: Target, server: Server): FaultProxy {
  if (network === undefined) throw new Error(`nothing of ours is before ${server}`);
  return network[server];
}

async function spoil(target: Target, server: Server, mode: Mode): Promise<Heal> {
  const proxy = before(target, server);
  const suffered = proxy.suffered;
  await proxy.set(mode);
  return async () => {
    await proxy.set('pass');
    const times = proxy.suffered - suffered;
    return evidenceIf(times > 0, `${times} connections or messages suffered on the way to ${server}`);
  };
}

const fault = (name: string, row: Row, on: Server, modeOf: (random: Random) => Mode): Fault => ({
  name, row, on, needs: 'proxies', inject: (target, random) => spoil(target, on, modeOf(random)),
});

/** A replica begins while its server is away. */
async function startWithout(target: Target, server: Server, service: string, random: Random): Promise<Heal> {
  const proxy = before(target, server);
  await proxy.set('refuse');
  const back = await kill(target.shop, `${service}-${random.int(1, 2)}`, 'SIGKILL').catch(async (error: unknown) => {
    await proxy.set('pass');
    throw error;
  });
  return async () => {
    await proxy.set('pass');
    return await back();
  };
}

const missing = (on: Server, service: string): Fault => ({
  name: `a ${service} begins without ${on}`, row: '3.3 Dependency missing at start', on, needs: 'proxies', inject: (target, random) => startWithout(target, on, service, random),
});

export const networkFaults: Fault[] = [
  fault('postgres is 30 ms away', 'none of the matrix', 'postgres', () => ({ latencyMs: 15 })),
  fault('postgres refuses', '3.1 Down 60 s', 'postgres', () => 'refuse'),
  fault('postgres is a black hole', '3.1 Frozen / blackholed', 'postgres', () => 'blackhole'),
  fault('postgres resets', '3.1 One backend killed', 'postgres', () => 'reset'),
  fault('packets to postgres are lost', '3.3 Packet loss 30 %', 'postgres', (random) => ({ loss: 0.3, random })),
  fault('redis is 300 ms away', '3.2 Slow', 'redis', () => ({ latencyMs: 150 })),
  fault('redis refuses', '3.2 Down', 'redis', () => 'refuse'),
  fault('redis is a black hole', '3.2 Frozen', 'redis', () => 'blackhole'),
  fault('packets to redis are lost', '3.3 Packet loss 30 %', 'redis', (random) => ({ loss: 0.3, random })),
  missing('postgres', 'order'),
  missing('redis', 'catalog'),
];
