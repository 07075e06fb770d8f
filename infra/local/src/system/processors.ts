import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/** What runs a command on one processor, for measurements; nothing where there is but one, or no `taskset` (macOS). */
export function onProcessor(number: number): string[] {
  return canPin() ? ['taskset', '-c', String(number)] : [];
}

export function canPin(): boolean {
  return cpus().length > 1 && spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0;
}
