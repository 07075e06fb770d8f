import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { Fault } from '../fault.ts';
import { makeReadable, readJson, sha256, writeFileAtomically } from '../files.ts';
import { type Home, ROOT } from '../home.ts';
import { pictureFile, usedPictures } from './pictures.ts';

/** Addresses by source name, under `/static/`; every one of them holds a fingerprint and may be kept for ever. */
export interface Manifest {
  [asset: string]: string | Record<string, string>;
  pictures: Record<string, string>;
}

const assetsOf = (root: string) => join(root, 'services/storefront/assets');
/** Served under their own names, because nginx shows them while nothing stands behind it. */
const BUSY = ['busy.html', 'busy-sent.html', 'refused.html', 'busy.css'].map((name) => join(ROOT, 'nginx', name));
const TEXT = new Set(['.css', '.js', '.svg', '.html', '.json', '.map', '.txt', '.webmanifest']);

export const manifestFile = (home: Home) => join(home.build, 'manifest.json');

/** Static files with fingerprints, compressed once, and the manifest that names them. Returns whether there was anything to do. */
export async function buildAssets(home: Home): Promise<boolean> {
  const pictures = usedPictures(ROOT);
  const stamp = sha256(readFileSync(join(ROOT, 'pnpm-lock.yaml')), JSON.stringify([...pictures].sort()), ...[...sources(), import.meta.filename].flatMap((file) => [relative(ROOT, file), readFileSync(file)]));
  const stampFile = join(home.build, 'assets.json');
  if (readJson<string>(stampFile) === stamp && existsSync(manifestFile(home)) && existsSync(home.static)) return false;
  mkdirSync(home.static, { recursive: true });
  const manifest = await collect(home, ROOT, pictures);
  for (const file of BUSY) if (existsSync(file)) copyFileSync(file, join(home.static, basename(file)));
  sweep(home, manifest);
  compress(home.static, () => true);
  makeReadable(home.static);
  writeFileAtomically(manifestFile(home), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileAtomically(stampFile, JSON.stringify(stamp));
  return true;
}

/** Those of another version beside the ones that are there, which pages of before still name. Written to `manifest`: what they are called. */
export async function addAssets(home: Home, root: string, manifest: string): Promise<void> {
  writeFileAtomically(manifest, `${JSON.stringify(await collect(home, root, usedPictures(root)), null, 2)}\n`);
  compress(home.static, (file) => !existsSync(`${file}.gz`));
  makeReadable(home.static);
}

/** Puts files with fingerprints beside those that are there, which never change. */
async function collect(home: Home, root: string, pictures: Set<string>): Promise<Manifest> {
  return { ...(await bundled(home, root)), ...copied(home, root), pictures: copyPictures(home, root, pictures) };
}

function sources(): string[] {
  return [...filesBelow(assetsOf(ROOT)), ...BUSY].filter((file) => existsSync(file)).sort();
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Style sheets and scripts, with what they import from packages. */
async function bundled(home: Home, root: string): Promise<Record<string, string>> {
  const assets = assetsOf(root);
  const entryPoints = { styles: 'styles/index.css', app: 'app.ts' };
  const existing = Object.entries(entryPoints).filter(([, file]) => existsSync(join(assets, file)));
  if (existing.length === 0) return {};
  const result = await build({
    absWorkingDir: assets,
    write: false,
    entryPoints: existing.map(([out, input]) => ({ in: input, out })),
    outdir: home.static,
    entryNames: '[name].[hash]',
    assetNames: 'fonts/[name].[hash]',
    publicPath: '/static',
    bundle: true,
    minify: true,
    target: ['es2022'],
    supported: { nesting: true },
    loader: { '.woff2': 'file', '.svg': 'file' },
    metafile: true,
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw new Fault(`The static files could not be built: ${error instanceof Error ? error.message : String(error)}`);
  });
  for (const { path, contents } of result.outputFiles) writeOnce(path, contents);
  const addresses: Record<string, string> = {};
  for (const [output, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    const file = join(assets, output);
    const source = entryPoint === undefined ? undefined : existing.find(([, input]) => input === entryPoint);
    if (source !== undefined) addresses[`${source[0]}${extname(file)}`] = addressOf(home, file);
    else if (file.endsWith('.woff2')) addresses[`fonts/${basename(file).split('.')[0]}.woff2`] = addressOf(home, file);
  }
  return addresses;
}

/** Files that are served as they are: icons, images of the shop itself. */
function copied(home: Home, root: string): Record<string, string> {
  const assets = assetsOf(root);
  const files = filesBelow(assets).filter((file) => ['.svg', '.png', '.webp', '.ico', '.webmanifest'].includes(extname(file)));
  return Object.fromEntries(files.map((file) => [relative(assets, file), place(home, file, relative(assets, file))]));
}

function copyPictures(home: Home, root: string, names: Set<string>): Record<string, string> {
  return Object.fromEntries([...names].sort().map((name) => [name, place(home, pictureFile(name, root), `pictures/${name}.webp`)]));
}

function place(home: Home, source: string, name: string): string {
  const content = readFileSync(source);
  const extension = extname(name);
  const target = join(home.static, `${name.slice(0, -extension.length)}.${sha256(content).slice(0, 8)}${extension}`);
  writeOnce(target, content);
  return addressOf(home, target);
}

/** A fingerprint stands for the content: what is there is being served and stays as it is. */
function writeOnce(file: string, content: Uint8Array): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomically(file, Buffer.from(content));
}

function addressOf(home: Home, file: string): string {
  return `/static/${relative(home.static, file)}`;
}

/** Removes what no page of this build asks for. */
function sweep(home: Home, { pictures, ...rest }: Manifest): void {
  const kept = new Set([...(Object.values(rest) as string[]), ...Object.values(pictures), ...BUSY.map((file) => `/static/${basename(file)}`)]);
  for (const file of filesBelow(home.static)) {
    if (!kept.has(addressOf(home, file))) rmSync(file);
  }
}

/** Once, at the highest level, instead of for each request. */
function compress(folder: string, chosen: (file: string) => boolean): void {
  for (const file of filesBelow(folder).filter((name) => TEXT.has(extname(name)) && chosen(name))) {
    writeFileAtomically(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
  }
}
