import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../target.ts';
import { evidenceIf, type Fault, type Heal } from './fault.ts';
import { NotOurs } from './identity.ts';
import { asAdministrator } from './postgres.ts';
import { until } from '../../local/shop.ts';

/** Room for a cluster, its log and some orders. */
const SIZE = 500 << 20;
/** As the kernel names it. */
const TMPFS = 0x01021994;

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

/** A small file system of its own: without one we would fill the disk of the machine. */
export function provenDisk(folder: string): string {
  const { type, bsize, blocks } = statfsSync(folder);
  const isMounted = statSync(folder).dev !== statSync(dirname(folder)).dev;
  if (type !== TMPFS || bsize * blocks > SIZE || !isMounted) throw new NotOurs(`${folder} is not the small file system that was mounted`);
  return folder;
}

/** Leaves no byte on the disk of the servers. */
export async function fillDisk(target: Target): Promise<Heal> {
  const { disk, network } = target;
  if (disk === undefined || network === undefined) throw new Error('the servers have no disk of their own');
  const ballast = join(provenDisk(disk), 'ballast');
  const file = openSync(ballast, 'w');
  try {
    for (let size = 1 << 20; size > 0; size >>= 1) writeWhileThereIsRoom(file, Buffer.alloc(size));
  } finally {
    closeSync(file);
  }
  return async () => {
    const said = await refusalOfGrowth(target);
    rmSync(ballast, { force: true });
    await until(async () => {
      // It ends for good when it could not even write its log.
      await network.revive();
      return asAdministrator(target, (client) => client.query('select')).then(() => true, () => false);
    }, 60_000, () => 'Postgres does not serve again');
    return evidenceIf(said !== undefined, `a table that was to grow was refused with ${said}`);
  };
}

/** With which code; undefined when there was room. A server that could not even write its log has ended. */
async function refusalOfGrowth(target: Target): Promise<string | undefined> {
  // More than the buffers of a session.
  const grow = "create temporary table growth as select repeat('x', 1000) from generate_series(1, 20000)";
  const grown = asAdministrator(target, (client) => client.query(grow));
  return grown.then(() => undefined, ({ code }: { code?: string }) => (['53100', '57P01', '57P02', 'ECONNREFUSED', 'ENOENT'].includes(code ?? '') ? code : undefined));
}

function writeWhileThereIsRoom(file: number, bytes: Buffer): void {
  try {
    while (writeSync(file, bytes) === bytes.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

export const diskFaults: Fault[] = whyNoDisk() === undefined ? [{ name: 'fill the disk of postgres', row: '3.1 Disk full', on: 'postgres', needs: 'disk', inject: fillDisk }] : [];
