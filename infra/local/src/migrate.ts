import { loadConfig } from '@emall/runtime';
import { Type } from 'typebox';
import { databaseServices } from '../../postgres/budget.ts';
import { migrationsOf, runnerFor } from './migrations.ts';

/**
 * The job before a rollout: brings the schema of one service to what this tree says. Run from the tree that is deployed, so
 * that it is that version's own program, by `emall deploy` or whatever deploys the shop elsewhere.
 */
const settings = Type.Object({
  SERVICE: Type.Enum(databaseServices),
  /** The owner's address: the running role has no right to change the schema. */
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
});

const { SERVICE, DATABASE_URL } = loadConfig(settings, process.env);
try {
  const done = await runnerFor(SERVICE)({ url: DATABASE_URL, directory: migrationsOf(SERVICE) });
  console.log(done.length === 0 ? `${SERVICE} has nothing to migrate` : `Applied ${done.map((name) => `${SERVICE}/${name}`).join(', ')}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
