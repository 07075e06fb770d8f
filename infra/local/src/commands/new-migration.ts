import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type DatabaseService, databaseServices } from '../../../postgres/budget.ts';
import type { Command } from './command.ts';
import { Fault } from '../fault.ts';
import { ROOT } from '../home.ts';
import { migrationsOf } from '../migrations.ts';

const BEGINNING = `-- What changes and why. It runs while the previous version still serves: add first, remove in a later release.
-- (An index on a large table: \`create index concurrently\`, and \`-- emall: no transaction\` as the first line.)
`;

export const command: Command = {
  usage: 'new-migration <service> <what-it-does>',
  help: `Begins the next numbered SQL file of ${databaseServices.join(', ')}. It is applied by the next \`npm start\`.`,
  arguments: [2, 2],
  async run({ args: [service = '', name = ''] }) {
    if (!(databaseServices as string[]).includes(service)) throw new Fault(`"${service}" has no schema. Those that have: ${databaseServices.join(', ')}`);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) throw new Fault(`"${name}" should be small letters, digits and hyphens, like add-gift-notes.`);
    const folder = migrationsOf(service as DatabaseService);
    mkdirSync(folder, { recursive: true });
    const last = Math.max(0, ...readdirSync(folder).map((file) => Number.parseInt(file, 10)).filter(Number.isInteger));
    const file = join(folder, `${String(last + 1).padStart(4, '0')}-${name}.sql`);
    writeFileSync(file, BEGINNING, { flag: 'wx' });
    console.log(relative(ROOT, file));
    return 0;
  },
};
