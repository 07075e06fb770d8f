import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Fault } from '../fault.ts';
import { ROOT } from '../home.ts';

const run = promisify(execFile);

/** Of the clone this code lies in, whatever a hook that called us says of another; no hook of the clone runs. @throws Fault with git's own words */
export async function git(...args: string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  try {
    const { stdout } = await run('git', ['-C', ROOT, '-c', 'core.hooksPath=/dev/null', ...args], { env });
    return stdout.trim();
  } catch (error) {
    throw new Fault(`git ${args[0]}: ${((error as { stderr?: string }).stderr || String(error)).trim()}`);
  }
}
