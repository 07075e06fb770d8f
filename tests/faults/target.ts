import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDatabase, withDatabase } from '../../infra/local/src/postgres/admin.ts';
import { adminUrl, type StartedPostgres, startPostgres } from '../../infra/local/src/postgres/start.ts';
import { openHome } from '../../infra/local/src/home.ts';
import { readJson } from '../../infra/local/src/files.ts';
import { redisUrl, type StartedRedis, startRedis } from '../../infra/local/src/redis.ts';
import type { Secrets } from '../../infra/local/src/secrets.ts';
import { isAlive, type ProcessId } from '../../infra/local/src/system/processes.ts';
import { byCli, TestShop } from '../local/shop.ts';
import { mountDisk, whyNoDisk } from './inject/disk.ts';
import { type PostgresServer, provenProcess } from './inject/identity.ts';
import { folderMailbox, type Mailbox, smtpMailbox } from './mailbox.ts';
import { FaultProxy } from './proxy.ts';

const DATABASE = 'emall';
/** What a shopper leaves unpaid is over soon after. */
export const HOLD_MS = 6000;
const SETTINGS = { HOLD_MINUTES: String(HOLD_MS / 60_000) };

/** A shop that may be broken, and the way to its servers beside the shop's own. */
export interface Target {
  shop: TestShop;
  secrets(): Secrets;
  postgres(): PostgresServer & { url: string };
  redis(): { id: ProcessId; url: string };
  /** Where the provider can be told how to behave. */
  sandbox(): string;
  mailbox: Mailbox;
  /** Set when the servers were started by the harness, behind a network of its own. */
  network?: Network;
  /** The servers' file system, where they have one of their own. */
  disk?: string;
  close(): Promise<void>;
}

export interface Network {
  postgres: FaultProxy;
  redis: FaultProxy;
  /** Starts Postgres again when it has ended. */
  revive(): Promise<void>;
}

function common(shop: TestShop) {
  return {
    shop,
    secrets: () => readJson<Secrets>(openHome(shop.home).secrets) as Secrets,
    sandbox: () => `http://127.0.0.1:${shop.process('sandbox').port}`,
  };
}

/** A shop as `npm start` makes it, whose supervisor starts again what ends. */
export async function startTarget(): Promise<Target> {
  const shop = new TestShop(SETTINGS);
  const base = common(shop);
  await shop.start(byCli).catch((error: unknown) => {
    shop.dispose();
    throw error;
  });
  return {
    ...base,
    mailbox: folderMailbox(() => openHome(shop.home).mail),
    postgres() {
      const { database: { dataDirectory: data = '', port } } = shop.topology();
      return { id: provenProcess(shop.topology(), 'postgres'), data, url: adminUrl(port, base.secrets().postgres, DATABASE) };
    },
    redis() {
      const id = provenProcess(shop.topology(), 'redis');
      return { id, url: redisUrl(id.port, base.secrets().redis) };
    },
    close: async () => shop.dispose(),
  };
}

/** A shop on servers that the harness started: a fault proxy before Postgres and Redis, a small disk where one can be had, and a mail server. */
export async function startTargetBehindProxies(): Promise<Target & { network: Network }> {
  const undo: (() => unknown)[] = [];
  const close = async () => {
    const failures: unknown[] = [];
    for (const step of undo.splice(0).toReversed()) await Promise.resolve().then(step).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be stopped');
  };
  try {
    return { ...(await startBehindProxies(undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param undo takes what ends each thing that was begun, in the order of their beginning */
async function startBehindProxies(undo: (() => unknown)[]): Promise<Omit<Target, 'close'> & { network: Network }> {
  const folder = mkdtempSync(join(tmpdir(), 'emall-servers-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const hasDisk = whyNoDisk() === undefined;
  if (hasDisk) undo.push(mountDisk(folder));
  const home = openHome(folder);
  const password = 'secret-of-a-test';
  let postgres: StartedPostgres = await startPostgres({ home, password });
  undo.push(() => postgres.stop());
  const redis: StartedRedis = await startRedis({ home, password });
  undo.push(() => redis.stop());
  const mailbox = await smtpMailbox();
  undo.push(() => mailbox.close());
  await ensureDatabase(withDatabase(postgres.url, DATABASE));
  const network: Network = {
    postgres: await FaultProxy.listen(postgres.port),
    redis: await FaultProxy.listen(redis.port),
    async revive() {
      if (isAlive(postgres.id)) return;
      postgres = await startPostgres({ home, password });
      network.postgres.upstream = postgres.port;
    },
  };
  undo.push(() => Promise.all([network.postgres.close(), network.redis.close()]));
  const shop = new TestShop({
    ...SETTINGS,
    DATABASE_URL: adminUrl(network.postgres.port, password, DATABASE),
    REDIS_URL: redisUrl(network.redis.port, password),
    SMTP_URL: mailbox.url,
  });
  undo.push(() => shop.dispose(), () => shop.stop());
  // A shop that cannot reach its servers would not drain.
  undo.push(() => Promise.all([network.postgres.set('pass'), network.redis.set('pass')]));
  await shop.start(byCli);
  return {
    ...common(shop),
    mailbox,
    network,
    ...(hasDisk && { disk: folder }),
    postgres: () => ({ id: postgres.id, data: postgres.place.data, url: withDatabase(postgres.url, DATABASE) }),
    redis: () => ({ id: redis.id, url: redis.url }),
  };
}
