import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHtml } from './html.ts';
import { toMarkdown } from './markdown.ts';
import { type Findings, partsOf, verdictsIn } from './report.ts';
import { inColumns, verdictTable } from './tables.ts';

/** The page, the figures for programs, and the verdict on the terminal. */
export function writeReport(findings: Findings, folder: string, say: (line: string) => void): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(findings, null, 1)}\n`);
  writeFileSync(join(folder, 'index.html'), toHtml(partsOf(findings)));
  say(`\n${inColumns(verdictTable(verdictsIn(findings)))}\n\n${join(folder, 'index.html')}`);
}

/** What is kept in the repository. */
export function writeCommitted(findings: Findings, folder: string, say: (line: string) => void): void {
  mkdirSync(folder, { recursive: true });
  const { text, charts } = toMarkdown(partsOf(findings));
  writeFileSync(join(folder, 'bench.md'), text);
  for (const [name, chart] of charts) writeFileSync(join(folder, name), `${chart}\n`);
  say(join(folder, 'bench.md'));
}
