import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { openHome, ROOT } from '../home.ts';

const NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'];
const MAC = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

/** Where a browser goes that the system's packages do not have. */
const downloads = () => join(openHome().path, 'tools/browsers');

let found: string | undefined;

/** An existing Chrome or Chromium that really starts: on Ubuntu `chromium-browser` may be a script that only asks for a snap. */
export function findChromium(): string | undefined {
  found ??= candidates().find((path) => spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0);
  return found;
}

function candidates(): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const downloaded = globSync(join(downloads(), 'chromium_headless_shell-*/chrome-*/{chrome-headless-shell,headless_shell}'));
  return [...new Set([...onPath, ...MAC, ...downloaded])].filter((path) => existsSync(path));
}

/** Ubuntu has Chromium as a snap alone, which containers and servers cannot install: then Playwright's build, with its libraries by apt. */
export function downloadChromium(): boolean {
  const cli = join(ROOT, 'node_modules/playwright-core/cli.js');
  const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: downloads() };
  return spawnSync(process.execPath, [cli, 'install', '--with-deps', '--only-shell', 'chromium'], { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
