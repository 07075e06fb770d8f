import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Fault } from '../fault.ts';
import { ROOT } from '../home.ts';
import { parseCsv } from './csv.ts';

const PACKAGE = join(ROOT, 'services/storefront/node_modules/@lobehub/fluent-emoji-3d/assets');
const DEMO = join(ROOT, 'services/catalog/demo');
/** Pictures that pages show besides those of products, one name in a line. */
const LIST = join(ROOT, 'services/storefront/assets/pictures.txt');

/** The names of the pictures that the demonstration catalogue and the pages use. */
export function usedPictures(): Set<string> {
  const names = new Set<string>();
  for (const file of existsSync(DEMO) ? readdirSync(DEMO).filter((name) => name.endsWith('.csv')) : []) {
    for (const name of column(join(DEMO, file), 'picture')) names.add(name);
  }
  if (existsSync(LIST)) for (const line of readFileSync(LIST, 'utf8').split('\n')) names.add(line.replace(/#.*/, '').trim());
  names.delete('');
  for (const name of names) if (!existsSync(pictureFile(name))) throw new Fault(`There is no picture ${name} in ${relative(ROOT, PACKAGE)}.`);
  return names;
}

export function pictureFile(name: string): string {
  return join(PACKAGE, `${name}.webp`);
}

function column(file: string, name: string): string[] {
  const [header = [], ...rows] = parseCsv(readFileSync(file, 'utf8'));
  const index = header.indexOf(name);
  return index < 0 ? [] : rows.map((row) => row[index] ?? '');
}
