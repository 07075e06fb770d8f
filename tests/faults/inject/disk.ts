import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../target.ts';
import type { Fault, Heal } from './fault.ts';
import { asAdministrator } from './postgres.ts';
import { until } from '../../local/shop.ts';

/** Room for a cluster, its log and some orders. */
const SIZE = '500m';

/** Why no file system can be mounted here; undefined when it can. */
export function whyNoDisk(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  return process.getuid?.() === 0 ? undefined : 'only root may mount a file system';
}

/** A small file system of its own for a folder. Returns what takes it away. */
export function mountDisk(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  mount('mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=755`, 'tmpfs', folder);
  return () => mount('umount', folder);
}

function mount(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** Leaves no byte on the disk of the servers. */
export async function fillDisk(target: Target): Promise<Heal> {
  const { disk, network } = target;
  if (disk === undefined || network === undefined) throw new Error('the servers have no disk of their own');
  const ballast = join(disk, 'ballast');
  const file = openSync(ballast, 'w');
  try {
    for (let size = 1 << 20; size > 0; size >>= 1) writeWhileThereIsRoom(file, Buffer.alloc(size));
  } finally {
    closeSync(file);
  }
  return async () => {
    rmSync(ballast);
    await until(async () => {
      // It ends for good when it could not even write its log.
      await network.revive();
      return asAdministrator(target, (client) => client.query('select')).then(() => true, () => false);
    }, 60_000, () => 'Postgres does not serve again');
  };
}

function writeWhileThereIsRoom(file: number, bytes: Buffer): void {
  try {
    while (writeSync(file, bytes) === bytes.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

export const diskFaults: Fault[] = whyNoDisk() === undefined ? [{ name: 'fill the disk of postgres', row: '3.1 Disk full', on: 'postgres', needs: 'disk', inject: fillDisk }] : [];
