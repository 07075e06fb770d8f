import { writeFileSync } from 'node:fs';
import { guardTable } from './report.ts';
import { removeGuards } from './run.ts';

/** `node tests/faults/guards/main.ts [name]`: the results go to guards.json and guards.md in the working folder. */
const results = await removeGuards({ only: process.argv[2], say: (line) => process.stdout.write(`${line}\n`) });
writeFileSync('guards.json', `${JSON.stringify(results, null, 2)}\n`);
writeFileSync('guards.md', guardTable(results));
if (results.some(({ outcome }) => outcome !== 'caught')) process.exitCode = 1;
