import type { Fault } from './fault.ts';
import { networkFaults } from './network.ts';
import { postgresFaults } from './postgres.ts';
import { processFaults } from './processes.ts';
import { providerFaults } from './provider.ts';
import { redisFaults } from './redis.ts';

/** Every fault that a schedule may inject; see `clock.ts` and `disk.ts` for what needs preparation of its own. */
export const faults: readonly Fault[] = [...processFaults, ...postgresFaults, ...redisFaults, ...providerFaults, ...networkFaults];
