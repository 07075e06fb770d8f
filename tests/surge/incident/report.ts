import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../infra/local/src/home.ts';
import type { Options } from '../options.ts';
import { surgeOf, TIMES } from '../plan/schedule.ts';
import type { Finding } from '../record/verdict.ts';
import { canPin } from '../../../infra/local/src/system/processors.ts';
import { normalRate } from '../surge.ts';
import { LISTING_INDEX } from './bad-query.ts';
import { troubledTime } from './trouble.ts';

interface IncidentReport {
  options: Pick<Options, 'seed' | 'products' | 'replayLengths' | 'without' | 'baskets'>;
  capacity: { rate: number; goodput: number };
  table: string;
  findings: readonly Finding[];
}

export function writeIncident(report: IncidentReport): void {
  const folder = join(ROOT, 'docs/performance');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'incident.md'), incidentReport(report, new Date().toISOString().slice(0, 10)));
}

export function incidentReport({ options, capacity, table, findings }: IncidentReport, day: string): string {
  const { normal, ramp, surge, back } = options.replayLengths;
  const trouble = troubledTime(surgeOf(1, options.replayLengths));
  const again = ['npm run incident -- --report', `--seed ${options.seed}`, ...(options.without.length > 0 ? [`--without ${options.without.join(',')}`] : [])].join(' ');
  return `# The incident of January 2023, replayed

${day}, ${machine()}. \`${again}\`

The same surge and the same fault twice, on a shop with ${options.products} products besides the demonstration catalogue${options.baskets === undefined ? '' : ' and real baskets'}: ${(normalRate(capacity) * TIMES).toFixed(1)} visits a second after ${normalRate(capacity).toFixed(1)}, which is two and a half times what this shop can do without caches (${capacity.rate.toFixed(1)} visits, ${capacity.goodput.toFixed(0)} good answers a second, measured just before). ${normal} s normal, ${ramp} s rising, ${surge} s held, ${back} s back. From second ${trouble.from} until second ${trouble.to} the index \`${LISTING_INDEX}\`, which the listing of a department walks along, is not there, and a third of the connections of the database belongs to an outsider.

"Replayed as it was" leaves out everything that \`infra/runtime/src/protections.ts\` names.

${table}

A transaction is a checkout that a shopper began. It failed when thirty seconds later there was neither an order nor a true refusal, although the shopper came again whenever told to. Normal again: three seconds whose 99th percentile is not above the worst three seconds of normal time, with nobody turned away.

| promise | bar | seen | |
| --- | --- | --- | --- |
${findings.map(({ promise, bar, seen, kept }) => `| ${promise} | ${bar} | ${seen} | ${kept ? 'kept' : '**broken**'} |`).join('\n')}
`;
}

export function machine(): string {
  const pinned = canPin() ? ', the shop on processor 0, the generator on processor 1' : '';
  return `${type()}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GB${pinned}`;
}
