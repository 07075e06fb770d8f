import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../fault.ts';
import { parseCsv } from './csv.ts';

const PACKAGE = 'services/storefront/node_modules/@lobehub/fluent-emoji-3d/assets';
const DEMO = 'services/catalog/demo';
/** Pictures that pages show besides those of products, one name in a line. */
const LIST = 'services/storefront/assets/pictures.txt';

/** The names of the pictures that the demonstration catalogue and the pages use. */
export function usedPictures(root: string): Set<string> {
  const [demo, list] = [join(root, DEMO), join(root, LIST)];
  const names = new Set<string>();
  for (const file of existsSync(demo) ? readdirSync(demo).filter((name) => name.endsWith('.csv')) : []) {
    for (const name of column(join(demo, file), 'picture')) names.add(name);
  }
  if (existsSync(list)) for (const line of readFileSync(list, 'utf8').split('\n')) names.add(line.replace(/#.*/, '').trim());
  names.delete('');
  for (const name of names) if (!existsSync(pictureFile(name, root))) throw new Fault(`There is no picture ${name} in ${PACKAGE}.`);
  return names;
}

export function pictureFile(name: string, root: string): string {
  return join(root, PACKAGE, `${name}.webp`);
}

function column(file: string, name: string): string[] {
  const [header = [], ...rows] = parseCsv(readFileSync(file, 'utf8'));
  const index = header.indexOf(name);
  return index < 0 ? [] : rows.map((row) => row[index] ?? '');
}
