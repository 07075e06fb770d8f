import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command.ts';
import { ROOT } from '../home.ts';

const CHECKS: [string, string[]][] = [
  ['lint', [join(ROOT, 'node_modules/oxlint/bin/oxlint')]],
  ['scan for unescaped text', [join(ROOT, 'infra/codegen/src/xss-scan.ts')]],
  ['contracts', [join(ROOT, 'infra/codegen/src/generate.ts'), '--check']],
  ['types', [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', join(ROOT, 'tsconfig.json')]],
];

export const command: Command = {
  usage: 'check',
  help: `Runs what must be clean before a commit: ${CHECKS.map(([name]) => name).join(', ')}.`,
  async run() {
    const failed = CHECKS.filter(([name, args]) => {
      console.log(`— ${name}`);
      return spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0;
    });
    console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.map(([name]) => name).join(', ')}`);
    return failed.length === 0 ? 0 : 1;
  },
};
