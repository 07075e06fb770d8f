import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testIdentityKeys } from '@emall/runtime/testing';
import { freePorts } from '../../../../infra/local/src/system/ports.ts';
import { PUBLIC_URL, secretKey, type Shop, until, webhookSecret } from './shop.ts';

export interface Replica {
  url: string;
  process: ChildProcess;
  /** As the kernel would: nothing is finished, nothing is handed back. */
  kill(): Promise<void>;
}

const SLOW_START_MS = 60_000;
const hex = (caller: string) => testIdentityKeys.get(caller)?.toString('hex') ?? '';

/** A replica of the service, jobs and all, as a process of its own beside the shop of a test: one that can be killed. */
export async function startReplica(shop: Shop, databaseUrl = shop.database.url): Promise<Replica> {
  const [port = 0, adminPort = 0] = await freePorts(2, `an order replica of test ${process.pid}`);
  const mails = await mkdtemp(join(tmpdir(), 'mails-'));
  const env = {
    PORT: String(port),
    ADMIN_PORT: String(adminPort),
    LOG_LEVEL: 'silent',
    DATABASE_URL: databaseUrl,
    DATABASE_CONNECTIONS: '8',
    REPLICAS: '1',
    IDENTITY_KEYS: `gateway:${hex('gateway')}`,
    IDENTITY_KEY: hex('order'),
    CATALOG_URL: shop.catalog.url,
    CART_URL: shop.cart.url,
    PUBLIC_URL,
    SHOP_CURRENCY: 'GBP',
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: `http://127.0.0.1:${(shop.sandbox.server.address() as AddressInfo).port}`,
    MAIL_URL: `file://${mails}`,
    MAIL_FROM: 'orders@shop.example',
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const answers = () => fetch(`${url}/api/orders`).then(() => true, () => false);
  await until(async () => child.exitCode !== null || (await answers()), SLOW_START_MS);
  if (child.exitCode !== null) throw new Error(`the replica ended with ${child.exitCode}`);
  return {
    url,
    process: child,
    async kill() {
      child.kill('SIGKILL');
      await ended;
      await rm(mails, { recursive: true });
    },
  };
}
