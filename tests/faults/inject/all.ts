import { clockFaults } from './clock.ts';
import { diskFaults } from './disk.ts';
import type { Fault } from './fault.ts';
import { networkFaults } from './network.ts';
import { postgresFaults } from './postgres.ts';
import { processFaults } from './processes.ts';
import { providerFaults } from './provider.ts';
import { redisFaults } from './redis.ts';

/** Every fault that can be injected on this machine. */
export const faults: readonly Fault[] = [...processFaults, ...postgresFaults, ...redisFaults, ...providerFaults, ...networkFaults, ...clockFaults, ...diskFaults];
