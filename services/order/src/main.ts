import { createDatabase, parseIdentityKeys, poolSize, runService } from '@emall/runtime';
import { sql } from 'kysely';
import { buildApp } from './app.ts';
import { openGone } from './checkout/gone.ts';
import { createCart, createCatalog } from './clients.ts';
import type { Schema } from './database.ts';
import { createSales } from './jobs/sales.ts';
import { shareOut, startWorker } from './jobs/worker.ts';
import { createMailer } from './mail/create-mailer.ts';
import { createLinks } from './orders/identifiers.ts';
import { withCircuits } from './payments/circuit.ts';
import { createStripe } from './payments/stripe.ts';
import { settings } from './settings.ts';

await runService({
  name: 'order',
  env: process.env,
  settings,
  async build({ config, log, version, readiness, protections, onClose }) {
    const publicUrl = config.PUBLIC_URL;
    const identityKey = Buffer.from(config.IDENTITY_KEY, 'hex');
    const { forJobs, forAnswers } = shareOut(poolSize({ connections: config.DATABASE_CONNECTIONS, replicas: config.REPLICAS }));
    const url = config.DATABASE_URL;
    const db = createDatabase<Schema>({ url, name: 'orders', max: forAnswers, log });
    readiness.add('postgres', () => sql`select 1`.execute(db));
    const guard = { log, guarded: protections.has('admission') };
    const catalog = createCatalog(config.CATALOG_URL, guard);
    const cart = createCart(config.CART_URL, guard);
    const apiUrl = config.STRIPE_API_URL;
    const stripe = createStripe({ secretKey: config.STRIPE_SECRET_KEY, webhookSecret: config.STRIPE_WEBHOOK_SECRET, ...(apiUrl !== undefined && { apiUrl }), log });
    const provider = guard.guarded ? withCircuits(stripe, log) : stripe;
    const links = createLinks({ secret: identityKey, publicUrl });
    const mailer = createMailer({ url: config.MAIL_URL, from: config.MAIL_FROM });
    const deps = { db, sales: createSales(db), catalog, cart, provider, mailer, links, identityKey, log, ...(guard.guarded && { gone: openGone() }) };
    onClose(() => Promise.all([db.destroy(), catalog.close(), cart.close()]));
    const worker = startWorker({ url, connections: forJobs }, deps);
    onClose(() => worker.stop());
    const holdSeconds = config.HOLD_MINUTES * 60;
    return await buildApp({ ...deps, version, identityKeys: parseIdentityKeys(config.IDENTITY_KEYS), publicUrl, currency: config.SHOP_CURRENCY, holdSeconds });
  },
});
