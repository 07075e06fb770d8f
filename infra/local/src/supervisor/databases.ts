import type { Home } from '../home.ts';
import { Fault } from '../fault.ts';
import { databaseName, withAdmin, withRole } from '../postgres/admin.ts';
import { findPlace } from '../postgres/place.ts';
import { adminUrl } from '../postgres/start.ts';
import { redisUrl } from '../redis.ts';
import type { Secrets } from '../secrets.ts';
import type { Settings } from '../settings.ts';
import type { Topology } from '../topology.ts';
import type { ShopPorts } from './ports.ts';
import { postgresSpec, redisSpec } from './specs.ts';
import type { ProcessSpec } from './supervised.ts';

const DATABASE = 'emall';

/** Postgres and Redis of a shop: our own, or those that the settings name. */
export interface Databases {
  adminUrl: string;
  database(role: string): string;
  redis: string;
  /** The ones we run ourselves. */
  specs: ProcessSpec[];
  topology: Pick<Topology, 'database' | 'redis'>;
}

export function planDatabases(home: Home, settings: Settings, secrets: Secrets, ports: ShopPorts): Databases {
  const place = settings.DATABASE_URL === undefined ? findPlace(home) : undefined;
  const admin = settings.DATABASE_URL ?? adminUrl(ports.postgres, secrets.postgres, DATABASE);
  const redis = settings.REDIS_URL ?? redisUrl(ports.redis, secrets.redis);
  const specs = [
    ...(place === undefined ? [] : [postgresSpec(home, place, ports.postgres, secrets.postgres)]),
    ...(settings.REDIS_URL === undefined ? [redisSpec(home, ports.redis, secrets.redis)] : []),
  ];
  return {
    adminUrl: admin,
    database: (role) => withRole(admin, role, secrets.roles[role] ?? ''),
    redis,
    specs,
    topology: {
      database: { ...addressOf(admin, 5432), name: databaseName(admin), ...(place !== undefined && { dataDirectory: place.data, programs: place.programs }) },
      redis: addressOf(redis, 6379),
    },
  };
}

/** A server of somebody's own may be away or refuse us: said in one line. */
export async function checkDatabase(url: string): Promise<void> {
  const { host } = new URL(url);
  await withAdmin(url, (client) => client.query('select 1')).catch((error: Error) => {
    throw new Fault(`The database at ${host} (DATABASE_URL) does not let us in: ${error.message}`);
  });
}

function addressOf(url: string, usualPort: number): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) || usualPort };
}
