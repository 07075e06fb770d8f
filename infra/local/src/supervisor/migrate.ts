import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import type { DatabaseService } from '../../../postgres/budget.ts';
import { ownerOf } from '../../../postgres/roles.ts';
import { Fault } from '../fault.ts';
import type { Shop } from '../processes.ts';

/** Runs a version's own job, as the owner of the schema. @throws Fault when it fails: what runs has not been touched then */
export function migrate(shop: Pick<Shop, 'database'>, service: DatabaseService, job: string, say: (line: string) => void): Promise<void> {
  const env = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', SERVICE: service, DATABASE_URL: shop.database(ownerOf(service)) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', job], { cwd: dirname(job), env }, (error, stdout, stderr) => {
      if (error !== null) return reject(new Fault(`The migration failed. ${service} runs as before.\n${stderr.trim()}`));
      say(stdout.trim());
      resolve();
    });
  });
}
