import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../infra/local/src/home.ts';
import { faults } from './inject/all.ts';
import { reportOf } from './report.ts';
import type { Result } from './run.ts';

/** What these runs have shown, in one report. True when nothing was violated. */
export function writeReport(files: readonly string[]): boolean {
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter((line) => line !== ''));
  const results = lines.map((line) => JSON.parse(line) as Result).sort((one, other) => one.at.localeCompare(other.at));
  const folder = join(ROOT, 'docs/reports');
  mkdirSync(folder, { recursive: true });
  const machine = `${type()}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GB`;
  writeFileSync(join(folder, 'checkout-under-faults.md'), reportOf(results, faults.map(({ name }) => name), machine));
  return results.every(({ violations }) => violations.length === 0);
}
