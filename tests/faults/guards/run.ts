import { whenToldToStop } from '../../../infra/local/src/supervisor/stop-signals.ts';
import { Copy } from './copy.ts';
import type { Guard, GuardResult } from './guard.ts';
import { judge } from './judge.ts';
import { guards, witnesses } from './list.ts';
import { runTests } from './suite.ts';

export interface Options {
  /** Part of the name of a guard, or of the file that it is in. */
  only?: string | undefined;
  say(line: string): void;
}

/** Takes each guard away in a copy of the sources, one at a time, and sees whether its test turns red. */
export async function removeGuards({ only = '', say }: Options): Promise<GuardResult[]> {
  const chosen = guards.filter(({ name, file }) => name.includes(only) || file.includes(only));
  if (chosen.length === 0) throw new Error(`no guard is called ${only}`);
  const stop = new AbortController();
  whenToldToStop(() => stop.abort(new Error('stopped')));
  const copy = new Copy();
  try {
    await standUnharmed(copy, chosen, stop.signal);
    say(`The tests of ${chosen.length} guards pass while nothing is taken away.`);
    const results: GuardResult[] = [];
    for (const guard of chosen) {
      const began = performance.now();
      const verdict = await tryWithout(copy, guard, stop.signal);
      const result = { guard, ...verdict, seconds: Math.round((performance.now() - began) / 1000) };
      results.push(result);
      say(`${result.outcome.padEnd(8)} ${guard.name} (${result.seconds} s)${result.outcome === 'caught' ? '' : `\n         ${result.because}`}`);
    }
    return results;
  } finally {
    copy.remove();
  }
}

async function tryWithout(copy: Copy, guard: Guard, stop: AbortSignal): Promise<Pick<GuardResult, 'outcome' | 'red' | 'because'>> {
  const [file, test] = guard.caughtBy;
  const witness = witnesses[file] ?? '';
  try {
    return judge(guard, witness, await copy.without(guard, () => runTests(copy.path, [file], [test, witness], stop)));
  } catch (error) {
    stop.throwIfAborted();
    return { outcome: 'no proof', red: [], because: (error as Error).message.slice(0, 240) };
  }
}

/** What is red before anything is taken away proves nothing. */
async function standUnharmed(copy: Copy, chosen: Guard[], stop: AbortSignal): Promise<void> {
  const files = [...new Set(chosen.map(({ caughtBy: [file] }) => file))];
  const names = [...chosen.map(({ caughtBy: [, test] }) => test), ...files.map((file) => witnesses[file] ?? '')];
  const { tests, broken } = await runTests(copy.path, files, [...new Set(names)], stop);
  const faults = [
    ...broken.map(({ file, message }) => `${file} does not load: ${message}`),
    ...tests.filter(({ status }) => status === 'failed').map(({ name, message }) => `${name}: ${message}`),
    ...chosen.filter(({ caughtBy: [file, test] }) => !tests.some((each) => each.file === file && each.name.includes(test))).map(({ caughtBy: [file, test] }) => `${file} has no test “${test}” that ran`),
  ];
  if (faults.length > 0) throw new Error(`Something is red before any guard was taken away:\n${faults.join('\n')}`);
}
