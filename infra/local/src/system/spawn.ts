import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { identify, type ProcessId } from './processes.ts';

export interface Command {
  file: string;
  args: string[];
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Given on standard input: what must not be seen in a list of processes or a file. */
  input?: string;
}

/**
 * Starts a process with a session of its own, so that a signal to our terminal does not reach it. It writes to its
 * log file itself: whatever becomes of us, it can go on writing.
 */
export function spawnDetached(command: Command, logFile: string): ChildProcess & { id: ProcessId } {
  const log = openSync(logFile, 'a', 0o640);
  try {
    const { file, args, env, cwd, uid, gid, input } = command;
    const child = spawn(file, args, {
      env,
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', log, log],
      ...(cwd !== undefined && { cwd }),
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    child.on('error', () => {});
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    return Object.assign(child, { id: identify(child.pid ?? -1) ?? { pid: child.pid ?? -1, started: 'gone' } });
  } finally {
    closeSync(log);
  }
}
