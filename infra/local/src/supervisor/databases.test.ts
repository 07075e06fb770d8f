import { describe, expect, it } from '@jest/globals';
import { openHome } from '../home.ts';
import type { Secrets } from '../secrets.ts';
import { loadSettings } from '../settings.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { databaseUrl, planDatabases } from './databases.ts';
import type { ShopPorts } from './ports.ts';

const home = openHome(temporaryFolder());
const secrets = { redis: 'r', postgres: 'p', roles: { catalog: 'c' } } as unknown as Secrets;
const ports = { postgres: 1, redis: 2 } as ShopPorts;

describe("a database of somebody's own", () => {
  const settings = loadSettings({ DATABASE_URL: 'postgres://admin:hidden@db.example:6432/my%20shop?sslmode=verify-full&sslrootcert=/ca.pem&sslpassword=hidden&application_name=x', REDIS_URL: 'redis://:hidden@cache.example' });
  const { topology, database } = planDatabases(home, settings, secrets, ports);

  it('is named in the topology without a secret', () => {
    expect(topology).toEqual({
      database: { host: 'db.example', port: 6432, name: 'my shop', tls: 'sslmode=verify-full&sslrootcert=%2Fca.pem' },
      redis: { host: 'cache.example', port: 6379 },
    });
  });

  it('is reached as safely by a job of the running shop as by its services', () => {
    expect(database('catalog')).toBe('postgres://catalog:c@db.example:6432/my%20shop?sslmode=verify-full&sslrootcert=/ca.pem&sslpassword=hidden&application_name=x');
    expect(databaseUrl(topology.database, 'catalog', 'c')).toBe('postgres://catalog:c@db.example:6432/my%20shop?sslmode=verify-full&sslrootcert=%2Fca.pem');
  });
});
