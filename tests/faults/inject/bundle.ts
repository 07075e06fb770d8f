import { renameSync } from 'node:fs';
import { basename } from 'node:path';
import { bundleFile } from '../../../infra/local/src/build/bundles.ts';
import { writeFileAtomically } from '../../../infra/local/src/files.ts';
import { openHome } from '../../../infra/local/src/home.ts';
import type { TestShop } from '../../local/shop.ts';

/**
 * Has every process of a service that begins from now on run some lines before its program. The shop's own supervisor
 * starts it as ever, so that it stays a replica like any other.
 * @returns what puts the program back; who runs already goes on as it began
 */
export function beforeItsProgram(shop: TestShop, service: string, lines: string): () => void {
  const bundle = bundleFile(openHome(shop.home), service);
  const kept = bundle.replace(/\.mjs$/, '.kept.mjs');
  renameSync(bundle, kept);
  writeFileAtomically(bundle, `${lines}\nawait import('./${basename(kept)}');\n`);
  return () => renameSync(kept, bundle);
}
