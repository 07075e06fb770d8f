import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from './command.ts';
import { Fault } from '../fault.ts';
import { openTestHome, ROOT } from '../home.ts';
import { whenToldToStop } from '../supervisor/stop-signals.ts';
import { ensureFaketime, ensurePackages } from '../system/packages.ts';
import { partsOf, sumOf } from '../testing/parts.ts';
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
    let child: ChildProcess | undefined;
    let stopped = false;
    whenToldToStop((signal) => {
      stopped = true;
      child?.kill(signal);
    });
    for (const part of partsOf(args)) {
      if (stopped) break;
      const { line, code } = await runPart(part, (started) => (child = started));
      lines.push(line);
      worst = code === 0 && !line.startsWith('0 passed') ? worst : code || 1;
    }
    console.log(sumOf(lines));
    return stopped ? worst || 1 : worst;
  },
};

async function runPart(args: string[], began: (child: ChildProcess) => void): Promise<{ line: string; code: number }> {
  const result = join(openTestHome().path, `result-${process.pid}`);
  rmSync(result, { force: true });
  const { pid, code } = await runJest(args, result, began);
  // Also after a run that was interrupted before it could clear up.
  await leaveTestServers(pid);
  const line = existsSync(result) ? readFileSync(result, 'utf8').trim() : '0 passed, 0 failed';
  rmSync(result, { force: true });
  return { line, code };
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

async function runJest(args: string[], result: string, began: (child: ChildProcess) => void): Promise<{ pid: number; code: number }> {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', jest, '--config', resolve(ROOT, 'jest.config.mjs'), ...args], {
    cwd: ROOT,
    // Jest writes to standard error; in one stream what it says comes before the last line.
    stdio: ['ignore', 'inherit', 1],
    env: { ...process.env, EMALL_TEST_RESULT: result },
  });
  began(child);
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => done({ pid: child.pid ?? 0, code: code ?? 1 }));
  });
}
