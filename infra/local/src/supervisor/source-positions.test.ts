import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';
import { bundleFrom } from '../build/bundles.ts';
import { ROOT } from '../home.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { inSources } from './source-positions.ts';

const folder = temporaryFolder();

it('tells where in the sources the stack of a bundled program points', async () => {
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/main.ts'), "import { fail } from './fail.ts';\n\nfail('no reason');\n");
  writeFileSync(join(folder, 'src/fail.ts'), '// Nothing here.\nexport function fail(why: string): never {\n  throw new Error(why);\n}\n');
  const bundle = join(folder, 'program.mjs');
  await bundleFrom(folder, 'src/main.ts', bundle);
  const { stderr } = spawnSync(process.execPath, [bundle], { encoding: 'utf8' });

  const told = inSources(JSON.stringify({ err: { stack: stderr } }));
  const at = (file: string) => relative(ROOT, join(folder, 'src', file));
  expect(told).toContain(`${at('fail.ts')}:3:9`);
  expect(told).toContain(`${at('main.ts')}:3:1`);
});

it('leaves what it has no map for as it is', () => {
  const line = `at run (${pathToFileURL(join(folder, 'unknown.mjs'))}:10:5) at node:internal/process:1:2`;
  expect(inSources(line)).toBe(line);
});
