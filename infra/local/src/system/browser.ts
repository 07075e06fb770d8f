import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'];
const MAC = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

let found: string | undefined;

/** An existing Chrome or Chromium that really starts: on Ubuntu `chromium-browser` may be a script that only asks for a snap. */
export function findChromium(): string | undefined {
  found ??= candidates().find((path) => spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0);
  return found;
}

function candidates(): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...new Set([...onPath, ...MAC])].filter((path) => existsSync(path));
}
