/**
 * How the connections of Postgres are divided. A process computes its pool from its service's share and the
 * number of replicas, so more replicas never mean more connections. The database refuses what would exceed a
 * share (CONNECTION LIMIT), so that a service with a fault cannot take the connections of another one.
 */
export interface Share {
  /** What all replicas of the service have together. */
  replicas: number;
  /** Imports and other one-off processes that run as the same role beside the replicas. */
  jobs: number;
}

export const budget = {
  /** `max_connections` of the server. */
  connections: 100,
  services: {
    catalog: { replicas: 34, jobs: 4 },
    cart: { replicas: 14, jobs: 2 },
    order: { replicas: 20, jobs: 2 },
  } satisfies Record<string, Share>,
  /** For each owner role: migrations, one service at a time. */
  owner: 4,
  /** Left for administrators, monitoring and `superuser_reserved_connections`. */
  reserve: 10,
  /**
   * `reserved_connections`: the last that are free are for roles of ours alone, so that somebody who opens connections
   * without end while our pools are small leaves the shop those that a checkout needs.
   */
  ours: 40,
};

export type DatabaseService = keyof typeof budget.services;

export const databaseServices = Object.keys(budget.services) as DatabaseService[];

/** Everything that may be open at once; a test holds it below `connections`. */
export function committedConnections(): number {
  const shares: Share[] = Object.values(budget.services);
  return shares.reduce((sum, share) => sum + share.replicas + share.jobs + budget.owner, 0);
}
