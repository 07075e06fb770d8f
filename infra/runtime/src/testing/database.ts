import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** How long tests wait for a connection: a busy machine may take long to open one, which is not what they are about. */
export const PATIENCE_MS = 10_000;

export interface TestDatabase {
  /** As the service's running role. */
  url: string;
  /** As the owner of the service's schema. */
  ownerUrl: string;
  drop(): Promise<void>;
}

/**
 * A database of its own for one test file: a clone of the template that the test set-up has migrated for all services.
 * @param service whose roles the addresses carry, for example `catalog`
 */
export async function testDatabase(service: string): Promise<TestDatabase> {
  const admin = required('EMALL_TEST_DATABASE');
  const template = required('EMALL_TEST_TEMPLATE');
  const passwords = JSON.parse(required('EMALL_TEST_ROLES')) as Record<string, string>;
  const name = `test_${service}_${randomUUID().slice(0, 8)}`;
  await administer(admin, `create database ${name} template ${template}`);
  // A clone has no grants of its own; what `ensureRoles` takes away from a shop's database is taken here too.
  await administer(admin, `revoke temporary on database ${name} from public`);
  const as = (role: string) => {
    const url = new URL(admin);
    url.username = role;
    url.password = passwords[role] ?? '';
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    url: as(`${service}_run`),
    ownerUrl: as(`${service}_owner`),
    drop: () => administer(admin, `drop database if exists ${name} with (force)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run tests with \`npm test -- <path>\`, which starts Postgres and Redis`);
  return value;
}
