import { stop } from 'esbuild';
import type { Home } from '../home.ts';
import { buildAssets } from './assets.ts';
import { buildBundles } from './bundles.ts';

/** Programs and static files, where their sources have changed. */
export async function buildAll(home: Home, say: (line: string) => void): Promise<void> {
  const start = performance.now();
  const changed = await Promise.all([buildBundles(home), buildAssets(home)]);
  // Its own process would stay as long as ours.
  await stop();
  if (changed.some(Boolean)) say(`Built programs and static files (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}
