/** Every row of the fault matrix (RELIABILITY.md, section 3), and where it is tested. */
export interface Place {
  /** Files whose tests name the row, from the root of the repository. */
  tests?: readonly string[];
  /** Why it is not tested for this shop's checkout, or not with this fault. */
  not?: string;
}

const SERVERS = 'tests/faults/servers.test.ts';
const PROCESSES = 'tests/faults/processes.test.ts';
const STRAINED = 'tests/faults/strained.test.ts';

const places = {
  '3.1 Restart (crash)': { tests: [SERVERS] },
  '3.1 One backend killed': { tests: [SERVERS] },
  '3.1 Down 60 s': { tests: [SERVERS] },
  '3.1 Frozen / blackholed': { tests: [SERVERS] },
  '3.1 Slow (the incident)': { tests: [SERVERS] },
  '3.1 Connections exhausted': { tests: [SERVERS] },
  '3.1 Idle in transaction / leak': { tests: [PROCESSES, 'tests/local/roles.test.ts'] },
  '3.1 Read-only / failover': { tests: [SERVERS] },
  '3.1 Disk full': { tests: [SERVERS] },
  '3.1 Deadlock / serialisation': { tests: ['services/catalog/src/stock/reserve.test.ts', 'services/cart/src/lines/concurrency.test.ts'] },
  '3.2 Down': { tests: [PROCESSES] },
  '3.2 Frozen': { tests: [PROCESSES, SERVERS] },
  '3.2 Slow': { tests: [SERVERS] },
  '3.2 FLUSHALL at peak': { tests: [PROCESSES] },
  '3.2 Out of memory': { tests: [PROCESSES] },
  '3.2 Wrong or poisoned value': { tests: [PROCESSES] },
  '3.2 Lock lost': { tests: [PROCESSES] },
  '3.3 Replica killed': { tests: [PROCESSES] },
  '3.3 Replica frozen': { tests: [PROCESSES] },
  '3.3 Replica slow (grey)': { tests: [STRAINED] },
  '3.3 Fast-failing replica': { tests: [STRAINED] },
  '3.3 SIGTERM': { tests: [PROCESSES] },
  '3.3 Rolling deploy': { tests: ['tests/local/scale-and-deploy.test.ts'] },
  '3.3 nginx reload': { tests: [PROCESSES] },
  '3.3 Partition gateway <-> order': { tests: [PROCESSES] },
  '3.3 Packet loss 30 %': { tests: [SERVERS] },
  '3.3 Clock skew': { tests: [PROCESSES] },
  '3.3 Overload': { tests: ['tests/faults/overload.test.ts'] },
  '3.3 Dependency missing at start': { tests: [SERVERS] },
  '3.3 Memory / event loop': { tests: [STRAINED] },
  '3.4 10 s answer / never answers': { tests: [PROCESSES] },
  '3.4 Charged but response lost': { tests: [PROCESSES] },
  '3.4 500 / 429': { tests: [PROCESSES] },
  '3.4 Decline': { tests: [PROCESSES] },
  '3.4 Webhook early, doubled, reversed, late': { tests: [PROCESSES] },
  '3.4 Webhook for a reservation that has expired and sold': { tests: ['services/order/src/payments/other-money.test.ts'] },
  '3.4 Forged, stale, replayed, unknown order': { tests: [PROCESSES, 'services/order/src/payments/payments.test.ts'] },
  '3.4 Another amount or currency': { tests: [PROCESSES] },
  /** Faults that the matrix does not know. */
  'none of the matrix': {},
} as const satisfies Record<string, Place>;

export type Row = keyof typeof places;

export const matrix: Readonly<Record<Row, Place>> = places;
