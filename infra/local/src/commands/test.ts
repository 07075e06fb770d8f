import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from './command.ts';
import { Fault } from '../fault.ts';
import { openTestHome, ROOT } from '../home.ts';
import { whenToldToStop } from '../supervisor/stop-signals.ts';
import { ensureFaketime, ensurePackages } from '../system/packages.ts';
import { leaveTestServers } from '../testing/servers.ts';

export const command: Command = {
  usage: 'test [paths…] [options of Jest]',
  help: 'Runs the tests on a Postgres and a Redis of their own, which a running shop never notices. Examples:\n  npm test -- services/cart\n  npm test -- services/cart -t "two first clicks"',
  passesOn: true,
  async run({ args }) {
    ensurePackages(['nginx', 'redis-server'], console.log);
    ensureFaketime(console.log);
    ensureBrowser(args);
    const lines: string[] = [];
    let worst = 0;
    for (const part of partsOf(args)) {
      const { line, code } = await runPart(part);
      lines.push(line);
      worst = code === 0 && !line.startsWith('0 passed') ? worst : code || 1;
    }
    console.log(sumOf(lines));
    return worst;
  },
};

/** Each of these starts whole shops, of fourteen processes; two at once on two processors take each other's time limits. */
const WHOLE_SHOPS = 'tests/(e2e|local|faults|surge)/';

/** All tests: first those of the parts, two files at once, then those of the whole, one after the other. */
function partsOf(args: string[]): string[][] {
  if (args.some((argument) => !argument.startsWith('-'))) return [args];
  return [[...args, '--testPathIgnorePatterns', '/node_modules/', '/.emall/', WHOLE_SHOPS], [...args, '--runInBand', WHOLE_SHOPS]];
}

async function runPart(args: string[]): Promise<{ line: string; code: number }> {
  const result = join(openTestHome().path, `result-${process.pid}`);
  rmSync(result, { force: true });
  const { pid, code } = await runJest(args, result);
  // Also after a run that was interrupted before it could clear up.
  await leaveTestServers(pid);
  const line = existsSync(result) ? readFileSync(result, 'utf8').trim() : '0 passed, 0 failed';
  rmSync(result, { force: true });
  return { line, code };
}

/** `3 passed, 0 failed` and `2 passed, 1 failed, 4 skipped` are `5 passed, 1 failed, 4 skipped`. */
function sumOf(lines: readonly string[]): string {
  const sums = new Map<string, number>();
  for (const [, count, what = ''] of lines.join(', ').matchAll(/(\d+) (\w+)/g)) sums.set(what, (sums.get(what) ?? 0) + Number(count));
  return ['passed', 'failed', ...sums.keys()].filter((what, n, all) => all.indexOf(what) === n).map((what) => `${sums.get(what) ?? 0} ${what}`).join(', ');
}

/** A few tests in a browser are no reason to refuse the others, when these were asked for. */
function ensureBrowser(args: string[]): void {
  try {
    ensurePackages(['chromium'], console.log);
  } catch (error) {
    if (!(error instanceof Fault) || args.every((argument) => argument.startsWith('-'))) throw error;
    console.error(`${error.message}\n`);
  }
}

async function runJest(args: string[], result: string): Promise<{ pid: number; code: number }> {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', jest, '--config', resolve(ROOT, 'jest.config.mjs'), ...args], {
    cwd: ROOT,
    // Jest writes to standard error; in one stream what it says comes before the last line.
    stdio: ['ignore', 'inherit', 1],
    env: { ...process.env, EMALL_TEST_RESULT: result },
  });
  whenToldToStop((signal) => child.kill(signal));
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => done({ pid: child.pid ?? 0, code: code ?? 1 }));
  });
}
