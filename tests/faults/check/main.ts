import { check } from './check.ts';
import { readWorld } from './world.ts';

/** Decides kept records again: `node tests/faults/check/main.ts <world.json>`. Ends with 1 when something was violated. */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Which world? node tests/faults/check/main.ts <world.json>');
const violations = check(readWorld(file));
for (const { invariant, what } of violations) process.stdout.write(`${invariant}: ${what}\n`);
process.stdout.write(`${violations.length} violations\n`);
process.exitCode = violations.length > 0 ? 1 : 0;
