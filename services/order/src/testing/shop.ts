import { createDatabase, type Log, silentLog } from '@emall/runtime';
import { asShopper, insist, PATIENCE_MS, tellStatements, testDatabase, testIdentityKeys } from '@emall/runtime/testing';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSandbox } from '../../../../infra/local/src/sandbox/app.ts';
import type { Behaviour } from '../../../../infra/local/src/sandbox/behaviour.ts';
import { buildApp } from '../app.ts';
import { createCart, createCatalog } from '../clients.ts';
import type { Schema } from '../database.ts';
import { createSales } from '../jobs/sales.ts';
import { startWorker } from '../jobs/worker.ts';
import { createFolderMailer } from '../mail/folder.ts';
import type { Mailer } from '../mail/mailer.ts';
import { createLinks } from '../orders/identifiers.ts';
import { createStripe } from '../payments/stripe.ts';
import { fakeCart, fakeCatalog, type Goods } from './neighbours.ts';
import { webhookRelay } from './relay.ts';

export const PUBLIC_URL = 'http://127.0.0.1:8080';
export const secretKey = 'sk_test_secret';
export const webhookSecret = 'whsec_secret';

export interface ShopOptions {
  goods?: Goods[];
  holdSeconds?: number;
  /** Whether what follows an order is done by itself. */
  jobs?: boolean;
  behaviour?: Behaviour;
  /** In place of a folder, which `mailsOf` reads. */
  mailer?: Mailer;
  log?: Log;
  /** Of the pool that answers and does what a test calls itself; jobs have their own. */
  connections?: number;
  /** Within which a shopper hears from us; long unless told, because a busy machine is no subject of most tests. */
  answerMs?: number;
}

/** The service on real Postgres, with the real sandbox behind the real SDK and neighbours that keep to their contracts. */
export async function openShop({ goods = [{ sku: 'mug', price: 1250, stock: 1000 }], holdSeconds = 900, jobs = true, behaviour, mailer, log = silentLog, connections = 8, answerMs = PATIENCE_MS }: ShopOptions = {}) {
  const database = await testDatabase('order');
  const catalog = await fakeCatalog(goods);
  const cart = await fakeCart();
  const relay = await webhookRelay(async ({ body, signature }) => (await sendWebhook(body, signature)).statusCode);
  const sandbox = await buildSandbox({ secretKey, webhookSecret, webhookUrl: relay.url, publicOrigin: 'http://localhost:9', log, ...(behaviour && { behaviour }) });
  await sandbox.listen({ host: '127.0.0.1', port: 0 });
  const apiUrl = `http://127.0.0.1:${(sandbox.server.address() as AddressInfo).port}`;

  const identityKey = testIdentityKeys.get('order') ?? Buffer.alloc(32);
  const db = createDatabase<Schema>({ url: database.url, name: 'orders', max: connections, acquireTimeoutMs: PATIENCE_MS, log });
  const links = createLinks({ secret: identityKey, publicUrl: PUBLIC_URL });
  const mails = await mkdtemp(join(tmpdir(), 'mails-'));
  const deps = { db, sales: createSales(db), catalog: createCatalog(catalog.url), cart: createCart(cart.url), provider: createStripe({ secretKey, webhookSecret, apiUrl, log }), mailer: mailer ?? createFolderMailer(mails, 'orders@shop.example'), links, identityKey, log };
  const app = tellStatements(await buildApp({ ...deps, version: 'test', identityKeys: testIdentityKeys, publicUrl: PUBLIC_URL, currency: 'GBP', holdSeconds, answerMs }));
  await app.ready();
  const startJobs = () => startWorker({ url: database.url, connections: 3 }, deps);
  const worker = jobs ? startJobs() : undefined;

  const sendWebhook = (body: string, signature: string) =>
    app.inject({ method: 'POST', url: '/api/payments/webhook', headers: { 'content-type': 'application/json', 'stripe-signature': signature }, body });

  return {
    app,
    db,
    deps,
    catalog,
    cart,
    relay,
    sandbox,
    links,
    database,
    startJobs,
    sendWebhook,
    /** A new shopper with this in the cart. */
    shopper(lines: { sku: string; quantity: number }[] = [{ sku: 'mug', quantity: 2 }]) {
      const visitor = asShopper();
      cart.carts.set(visitor.shopper, lines);
      return visitor;
    },
    /** Orders the shopper's cart. */
    async place(headers: Record<string, string>, key: string | undefined, body: object = orderBody()) {
      return await app.inject({ method: 'POST', url: '/api/orders', headers: { ...headers, ...(key !== undefined && { 'idempotency-key': key }) }, body });
    },
    /** Pays, or tries to, on the provider's page. */
    async pay(url: string, number = '4242424242424242') {
      return await sandbox.inject({
        method: 'POST',
        url: new URL(url).pathname,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ number, expiry: '12/40', cvc: '123' }).toString(),
      });
    },
    /** The mails about this order, as they were sent. */
    async mailsOf(orderId: string): Promise<string[]> {
      const names = (await readdir(mails)).filter((name) => name.includes(orderId));
      return await Promise.all(names.map((name) => readFile(join(mails, name), 'utf8')));
    },
    /** Stripe's API by another hand than ours: somebody's in the provider's dashboard, or another system's on the same account. */
    async atProvider(path: string, form: Record<string, string>) {
      const response = await sandbox.inject({
        method: 'POST',
        url: path,
        headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      });
      if (response.statusCode !== 200) throw new Error(response.body);
      return response.json();
    },
    async ledger() {
      return (await sandbox.inject('/sandbox/ledger')).json();
    },
    async close() {
      await worker?.stop();
      await app.close();
      await db.destroy();
      await Promise.all([deps.catalog.close(), deps.cart.close(), sandbox.close(), relay.close(), catalog.close(), cart.close()]);
      await Promise.all([database.drop(), rm(mails, { recursive: true })]);
    },
  };
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

export function orderBody(over: Record<string, unknown> = {}) {
  return {
    email: 'ada@example.com',
    address: { name: 'Ada Lovelace', line1: '12 St James’s Square', city: 'London', postcode: 'sw1y 4jh', country: 'GB' },
    shippingMethod: 'standard',
    paymentMethod: 'on_delivery',
    expectedTotal: { amount: 2895, currency: 'GBP' },
    ...over,
  };
}

export function newKey(): string {
  return crypto.randomUUID();
}

/** Repeats an order for as long as another checkout of its shopper is under way. */
export async function inTurn<Answer extends { statusCode: number; body: string }>(place: () => Promise<Answer>): Promise<Answer> {
  return await until(async () => {
    const answer = await insist(place);
    return !answer.body.includes('"request-in-progress"') && answer;
  });
}

/** Waits for what jobs and webhooks bring about: one that failed is tried again after up to 10 s. */
export async function until<T>(what: () => Promise<T | undefined | false>, ms = 25_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await what();
    if (found) return found;
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
