import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, formatMessages, stop } from 'esbuild';
import type { BuildFailure, BuildOptions } from 'esbuild';
import { Fault } from '../fault.ts';
import { readJson, sha256, writeFileAtomically } from '../files.ts';
import { type Home, ROOT } from '../home.ts';
import { jobs, SANDBOX_ENTRY, services } from '../processes.ts';

/** CommonJS packages that are bundled into a module still ask for these. */
const COMMONJS = `import{createRequire as __emallRequire}from'node:module';import{fileURLToPath as __emallPath}from'node:url';
const require=__emallRequire(import.meta.url),__emallFile=__emallPath(import.meta.url),__emallFolder=__emallPath(new URL('.',import.meta.url));`;

export const bundleOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  jsx: 'automatic',
  jsxImportSource: '@kitajs/html',
  banner: { js: COMMONJS },
  define: { __filename: '__emallFile', __dirname: '__emallFolder' },
  // Optional companions of pg and ioredis that nobody installs.
  external: ['pg-native'],
  logLevel: 'silent',
} satisfies BuildOptions;

/** Where each program begins, by the name of its bundle. Parts that are not there yet are left out. */
export function entries(): Record<string, string> {
  const all = { ...Object.fromEntries(Object.entries({ ...services, ...jobs }).map(([name, { entry }]) => [name, entry])), sandbox: SANDBOX_ENTRY };
  return Object.fromEntries(Object.entries(all).filter(([, entry]) => existsSync(join(ROOT, entry))));
}

export const bundleFile = (home: Home, name: string) => join(home.build, `${name}.mjs`);

/** A bundle's content names its version: `0.1.0+1a2b3c4d`. */
export function bundleVersion(home: Home, name: string): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return `${version}+${sha256(readFileSync(bundleFile(home, name))).slice(0, 8)}`;
}

/** One file for each process: it starts five times faster than its sources. Returns whether there was anything to do. */
export async function buildBundles(home: Home): Promise<boolean> {
  mkdirSync(home.build, { recursive: true });
  const stampFile = join(home.build, 'inputs.json');
  const known = readJson<{ stamp: string; inputs: string[] }>(stampFile);
  const programs = entries();
  const outputs = Object.keys(programs).map((name) => bundleFile(home, name));
  if (known !== undefined && outputs.every(existsSync) && stampOf(programs, known.inputs) === known.stamp) return false;
  const result = await build({ ...bundleOptions, entryPoints: programs, outdir: home.build }).catch(explain);
  // Packages are covered by the lockfile's hash.
  const inputs = Object.keys(result.metafile.inputs).filter((input) => !input.includes('node_modules/')).sort();
  writeFileAtomically(stampFile, JSON.stringify({ stamp: stampOf(programs, inputs), inputs }));
  return true;
}

/** One program of another tree, to `file`. */
export async function bundleFrom(root: string, entry: string, file: string): Promise<void> {
  await build({ ...bundleOptions, absWorkingDir: root, entryPoints: [join(root, entry)], outfile: file, outExtension: {} }).catch(explain);
  await stop();
}

function stampOf(programs: Record<string, string>, inputs: string[]): string | undefined {
  const files = ['pnpm-lock.yaml', relative(ROOT, import.meta.filename), ...inputs];
  if (!files.every((file) => existsSync(join(ROOT, file)))) return undefined;
  return sha256(JSON.stringify(programs), ...files.flatMap((file) => [file, readFileSync(join(ROOT, file))]));
}

async function explain(error: BuildFailure): Promise<never> {
  const lines = await formatMessages(error.errors ?? [], { kind: 'error', color: process.stderr.isTTY });
  throw new Fault(`The sources could not be bundled:\n${lines.join('\n') || String(error)}`);
}
