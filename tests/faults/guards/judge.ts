import { stripVTControlCharacters } from 'node:util';
import type { Guard, GuardResult } from './guard.ts';
import type { TestRun } from './suite.ts';

/** What a program says that does not run, and a machine that is too slow: it would say so whatever was taken away. */
const NO_PROOF = /SyntaxError|ReferenceError|Cannot find (module|package)|syntax error at or near|does not exist|ECONNREFUSED|Exceeded timeout/;

/**
 * The named test has to fail by what it asserts, while a witness, which tells the plain story of the same file, passes:
 * the program still runs, and only what the guard was for is gone.
 */
export function judge({ caughtBy: [file, test] }: Guard, witness: string, { tests, broken }: TestRun): Pick<GuardResult, 'outcome' | 'red' | 'because'> {
  const [unloaded] = broken;
  if (unloaded) return { outcome: 'no proof', red: [], because: `${unloaded.file} did not load: ${firstLine(unloaded.message)}` };
  const named = tests.filter((each) => each.file === file && each.name.includes(test));
  const failed = named.filter(({ status }) => status === 'failed');
  const red = failed.map(({ name }) => name);
  if (named.length === 0) return { outcome: 'no proof', red, because: `${file} has no test “${test}” that ran` };
  if (!tests.some((each) => each.file === file && each.name.includes(witness) && each.status === 'passed')) return { outcome: 'no proof', red, because: `“${witness}” failed as well` };
  const telling = failed.find(({ message }) => !NO_PROOF.test(message));
  if (telling) return { outcome: 'caught', red, because: firstLine(telling.message) };
  const [untold] = failed;
  return untold ? { outcome: 'no proof', red, because: firstLine(untold.message) } : { outcome: 'missed', red, because: 'NOT GUARDED BY A TEST' };
}

/** What was expected and what came instead, without the colours and the stack. */
function firstLine(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('at '));
  const told = lines.filter((line, i) => i === 0 || /^(Expected|Received|[-+] )/.test(line)).slice(0, 3);
  return told.join(' · ').slice(0, 240);
}
