import { protectionsWithout } from '@emall/runtime';
import type { Home } from '../home.ts';
import { Fault } from '../fault.ts';
import { databaseName, withAdmin, withRole } from '../postgres/admin.ts';
import { findPlace } from '../postgres/place.ts';
import { adminUrl } from '../postgres/start.ts';
import { redisUrl } from '../redis.ts';
import type { Secrets } from '../secrets.ts';
import type { Settings } from '../settings.ts';
import type { DatabaseAddress, Topology } from '../topology.ts';
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
    ...(place === undefined ? [] : [postgresSpec(home, place, ports.postgres, secrets.postgres, !protectionsWithout(settings.EMALL_WITHOUT).has('connection-budget'))]),
    ...(settings.REDIS_URL === undefined ? [redisSpec(home, ports.redis, secrets.redis)] : []),
  ];
  return {
    adminUrl: admin,
    database: (role) => withRole(admin, role, secrets.roles[role] ?? ''),
    redis,
    specs,
    topology: {
      database: { ...addressOf(admin, 5432), name: databaseName(admin), ...tlsOf(admin), ...(place !== undefined && { dataDirectory: place.data, programs: place.programs }) },
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

/** The database of a running shop as one of its roles. */
export function databaseUrl({ host, port, name, tls = '' }: DatabaseAddress, role: string, password: string): string {
  const url = new URL(`postgres://${host}:${port}/${encodeURIComponent(name)}`);
  url.search = tls;
  return withRole(url.href, role, password);
}

/** Names of files and a mode, but not the password of a key: the topology holds no secret. */
function tlsOf(url: string): { tls?: string } {
  const chosen = [...new URL(url).searchParams].filter(([name]) => ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'].includes(name));
  return chosen.length === 0 ? {} : { tls: new URLSearchParams(chosen).toString() };
}

function addressOf(url: string, usualPort: number): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) || usualPort };
}
