import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../infra/local/src/home.ts';
import { faults } from './inject/all.ts';
import { reportOf } from './report.ts';
import type { Result } from './run.ts';

// node tests/faults/write-report.ts .emall/faults/*/results.jsonl
const lines = process.argv.slice(2).flatMap((file) => readFileSync(file, 'utf8').split('\n').filter((line) => line !== ''));
const results = lines.map((line) => JSON.parse(line) as Result).sort((one, other) => one.at.localeCompare(other.at));
const folder = join(ROOT, 'docs/reports');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'checkout-under-faults.md'), reportOf(results, faults.map(({ name }) => name), `${type()}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GB`));
