import { chmodSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from '../../../infra/local/src/home.ts';
import type { Guard } from './guard.ts';

const LEFT_OUT = new Set(['.git', '.emall', '.pnpm']);

/** A copy of the sources to spoil. Packages of others are shared; our own are links within the tree, and so within the copy. */
export class Copy {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'emall-guards-')));

  constructor() {
    // Postgres runs as somebody else when we are root, and its data lies in here.
    chmodSync(this.path, 0o755);
    cpSync(ROOT, this.path, { recursive: true, verbatimSymlinks: true, filter: (source) => !LEFT_OUT.has(basename(source)) });
    symlinkSync(join(ROOT, 'node_modules/.pnpm'), join(this.path, 'node_modules/.pnpm'));
  }

  /** Does something while the guard is away. */
  async without<T>({ file, text, instead }: Guard, act: () => Promise<T>): Promise<T> {
    const path = join(this.path, file);
    const whole = readFileSync(path, 'utf8');
    if (timesIn(whole, text) !== 1) throw new Error(`${file} does not hold this exactly once: ${text}`);
    writeFileSync(path, whole.replace(text, () => instead));
    try {
      return await act();
    } finally {
      writeFileSync(path, whole);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function timesIn(whole: string, part: string): number {
  return whole.split(part).length - 1;
}
