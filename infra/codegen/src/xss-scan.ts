import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Scans every page and component for text that reaches HTML unescaped (`@kitajs/html` escapes nothing unless told).
 * Lives here because the scanner needs TypeScript's JavaScript API, which TypeScript 7 has not: with that it
 * crashes with exit code 0. So a known bad example is scanned first, and unless that is refused nothing counts.
 */
const root = join(import.meta.dirname, '../../..');
const scanner = join(dirname(createRequire(import.meta.url).resolve('@kitajs/ts-html-plugin/package.json')), 'dist/cli.js');
const BAD_EXAMPLE = 'infra/codegen/examples/unescaped.tsx';

function scan(files: string[]): { status: number | null; output: string } {
  const project = join(root, 'tsconfig.json');
  const { status, stdout, stderr } = spawnSync(process.execPath, [scanner, '--simplified', '--project', project, ...files], { cwd: root, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const bad = scan([BAD_EXAMPLE]);
if (bad.status !== 1 || !bad.output.includes('unescaped.tsx')) {
  console.error(`xss-scan: the scanner did not refuse ${BAD_EXAMPLE}, so its word means nothing\n${bad.output}`);
  process.exit(1);
}

const files = process.argv.length > 2 ? process.argv.slice(2) : globSync('services/*/src/**/*.tsx', { cwd: root }).toSorted();
if (files.length === 0) {
  console.error('xss-scan: found no page to scan');
  process.exit(1);
}
const { status, output } = scan(files);
process.stdout.write(output);
if (status === 0) console.log(`xss-scan: ${files.length} files, nothing unescaped`);
process.exit(status === 0 ? 0 : 1);
