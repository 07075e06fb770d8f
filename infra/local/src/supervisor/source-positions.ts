import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../home.ts';

/** As it stands in the stack of an error: `file:///…/build/order.mjs:1234:56`. */
const POSITION = /(file:\/\/[^\s"()]+\.mjs):(\d+):(\d+)/g;

/**
 * A line of a log with the positions in bundles replaced by those in the sources. Done for whoever reads: a process that did it
 * itself (`--enable-source-maps`) held 115 MB for it and took twice as long to start.
 */
export function inSources(line: string): string {
  return line.replaceAll(POSITION, (position, url: string, row: string, column: string) => {
    const entry = mapOf(fileURLToPath(url))?.findEntry(Number(row) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return position;
    const source = resolve(dirname(fileURLToPath(url)), entry.originalSource);
    return `${relative(ROOT, source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

const maps = new Map<string, SourceMap | undefined>();

function mapOf(bundle: string): SourceMap | undefined {
  const file = `${bundle}.map`;
  if (!maps.has(file)) maps.set(file, existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined);
  return maps.get(file);
}
