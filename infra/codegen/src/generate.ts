import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contracts, staleContracts } from './contracts.ts';

/** `npm run generate` writes the contracts and the types made from them; with `--check` it only tells what is stale. */
const root = join(import.meta.dirname, '../../..');

if (process.argv.includes('--check')) {
  const stale = await staleContracts();
  for (const path of stale) console.error(`${path} is not what the code says: run \`npm run generate\` and commit it`);
  process.exit(stale.length === 0 ? 0 : 1);
}
for (const [path, text] of await contracts()) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
  console.log(path);
}
