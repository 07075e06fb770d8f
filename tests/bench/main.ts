import { loadavg } from 'node:os';
import { join } from 'node:path';
import { openHome, ROOT } from '../../infra/local/src/home.ts';
import { type Options, readOptions } from './options.ts';
import { type Findings, verdictsIn } from './report/report.ts';
import { writeCommitted, writeReport } from './report/write.ts';
import { rows } from './rows.ts';
import { type Result, runRows, runSoak, withShop } from './run.ts';

function options(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nSee npm run bench -- --help.\n`);
    process.exit(2);
  }
}

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)));

const wanted = options();
const say = (line: string) => void process.stdout.write(`${line}\n`);
const loadBefore = loadavg()[0] ?? 0;

/** Smaller catalogues show how the uncached answers grow; everything is measured on the last one. */
async function findings(): Promise<Findings> {
  const results: Result[] = [];
  const last = wanted.products.at(-1) ?? 0;
  for (const products of wanted.products) {
    const mine = rows.filter(({ name, posture }) => name.includes(wanted.only ?? '') && (products === last || posture === 'edge-cache,cache'));
    results.push(await withShop(products, stopping.signal, say, (bench) => runRows(bench, products, mine, wanted)));
  }
  const { soakMinutes } = wanted;
  const soak = soakMinutes === undefined ? [] : await withShop(last, stopping.signal, say, (bench) => runSoak(bench, last, soakMinutes));
  const { seconds, rounds } = wanted;
  return { results, soak, setting: { seconds, rounds, command: ['npm run bench --', ...process.argv.slice(2)].join(' '), loadBefore } };
}

const found = await findings().catch((error: unknown) => {
  process.stderr.write(`${stopping.signal.aborted ? String(stopping.signal.reason) : (error as Error).stack}\n`);
  process.exit(1);
});
writeReport(found, join(openHome().path, 'bench'), say);
if (wanted.report) writeCommitted(found, join(ROOT, 'docs/performance'), say);
process.exit(verdictsIn(found).every(({ met }) => met) ? 0 : 1);
