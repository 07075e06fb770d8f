/**
 * How the connections of Postgres are divided. A process computes its pool from its service's share and the
 * number of replicas (`poolSize` of the kit: share / (replicas + 1), since one more runs while one is replaced), so more
 * replicas never mean more connections. The database refuses what would exceed a share (CONNECTION LIMIT), so that a
 * service with a fault cannot take the connections of another one.
 */
export interface Share {
  /** What all replicas of the service have together. */
  replicas: number;
  /** The fewest that a replica can work with: catalog browses and sells from two pools, order has three for its queue. */
  least: number;
  /** Imports and other one-off processes that run as the same role beside the replicas. */
  jobs: number;
}

export const budget = {
  /** `max_connections` of the server. A backend costs some 5 MB once it is opened, which two replicas of each do two thirds of. */
  connections: 140,
  services: {
    catalog: { replicas: 48, least: 4, jobs: 4 },
    cart: { replicas: 21, least: 2, jobs: 2 },
    order: { replicas: 30, least: 5, jobs: 2 },
  } satisfies Record<string, Share>,
  /** For each owner role: migrations, one service at a time. */
  owner: 4,
  /** Left for administrators, monitoring and `superuser_reserved_connections`. */
  reserve: 10,
  /**
   * `reserved_connections`: the last that are free are for roles of ours alone, so that somebody who opens connections
   * without end while our pools are small leaves the shop those that a checkout needs.
   */
  ours: 55,
};

export type DatabaseService = keyof typeof budget.services;

export const databaseServices = Object.keys(budget.services) as DatabaseService[];

/** The most replicas that a share feeds, with room for the one that takes the place of another. Beyond it nothing may scale. */
export function mostReplicas(service: DatabaseService): number {
  const { replicas, least } = budget.services[service];
  return Math.floor(replicas / least) - 1;
}

/** Everything that may be open at once; a test holds it below `connections`. */
export function committedConnections(): number {
  const shares: Share[] = Object.values(budget.services);
  return shares.reduce((sum, share) => sum + share.replicas + share.jobs + budget.owner, 0);
}
