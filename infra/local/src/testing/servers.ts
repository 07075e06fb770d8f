import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { roleNames } from '../../../postgres/roles.ts';
import { readJson, writeFileAtomically } from '../files.ts';
import { openTestHome } from '../home.ts';
import { withAdmin } from '../postgres/admin.ts';
import { findPlace } from '../postgres/place.ts';
import { stopServer } from '../postgres/server.ts';
import { startPostgres } from '../postgres/start.ts';
import { startRedis } from '../redis.ts';
import { rotateOnce } from '../supervisor/rotate.ts';
import { openSecrets } from '../secrets.ts';
import { withLock } from '../system/lock.ts';
import { identify, isAlive, type ProcessId, stopProcess } from '../system/processes.ts';
import { sweepShops } from './shops.ts';
import { ensureTemplate } from './template.ts';

/** What a run of tests needs; the helpers of the kit read it from `EMALL_TEST_…`. */
export interface TestServers {
  database: string;
  template: string;
  roles: Record<string, string>;
  redis: string;
}

/** Runs share one Postgres, as its start is dear, and have a Redis each, as its databases are numbered. */
interface Run {
  process: ProcessId;
  redis: ProcessId;
}

const runs = () => join(openTestHome().path, 'runs');
const lock = () => openTestHome().lock;
const runFile = (pid: number) => join(runs(), `${pid}.json`);

/** Registers this process as a run of tests and brings up what it needs, taking up what an earlier run left. */
export async function joinTestServers(): Promise<TestServers> {
  const home = openTestHome();
  const secrets = openSecrets(home.secrets, roleNames);
  mkdirSync(runs(), { recursive: true });
  return withLock(lock(), async () => {
    rotateOnce(home.logs, () => {});
    await sweepShops();
    const alone = (await livingRuns()).length === 0;
    const postgres = await startPostgres({ home, password: secrets.postgres, careless: true });
    const redis = await startRedis({ home, password: secrets.redis, name: `redis-${process.pid}` });
    const me = identify(process.pid) ?? { pid: process.pid, started: '' };
    writeFileAtomically(runFile(me.pid), JSON.stringify({ process: me, redis: redis.id } satisfies Run));
    if (alone) await dropLeftovers(postgres.url);
    const template = await ensureTemplate(postgres.url, secrets.roles);
    return { database: postgres.url, template, roles: secrets.roles, redis: redis.url };
  });
}

/** Ends what a run had for itself, and with the last run the shared Postgres. Also clears up after runs that crashed. */
export async function leaveTestServers(pid = process.pid): Promise<void> {
  await withLock(lock(), async () => {
    await sweepShops();
    const run = readJson<Run>(runFile(pid));
    if (run !== undefined) await endRun(run);
    if ((await livingRuns()).length === 0) await stopServer(findPlace(openTestHome()));
  });
}

async function livingRuns(): Promise<Run[]> {
  mkdirSync(runs(), { recursive: true });
  const known = readdirSync(runs()).map((name) => readJson<Run>(join(runs(), name))).filter((run) => run !== undefined);
  const dead = known.filter((run) => !isAlive(run.process));
  for (const run of dead) await endRun(run);
  return known.filter((run) => !dead.includes(run));
}

async function endRun({ process, redis }: Run): Promise<void> {
  await stopProcess(redis);
  rmSync(join(openTestHome().logs, `redis-${process.pid}.log`), { force: true });
  rmSync(runFile(process.pid), { force: true });
}

async function dropLeftovers(url: string): Promise<void> {
  await withAdmin(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>("select datname from pg_database where datname like 'test\\_%'");
    for (const { datname } of rows) await client.query(`drop database if exists ${client.escapeIdentifier(datname)} with (force)`);
  });
}
