import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command.ts';
import { ROOT } from '../home.ts';

export const command: Command = {
  usage: 'generate [--check]',
  help: 'Writes services/*/openapi.json from the routes, and the types that consumers use. With --check it only tells what is stale.',
  options: { check: { type: 'boolean' } },
  async run({ values }) {
    const args = [join(ROOT, 'infra/codegen/src/generate.ts'), ...(values['check'] === true ? ['--check'] : [])];
    return spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
  },
};
