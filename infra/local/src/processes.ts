import { protectionsWithout } from '@emall/runtime';
import { budget, type DatabaseService, databaseServices, mostReplicas } from '../../postgres/budget.ts';
import { runnerOf } from '../../postgres/roles.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

/** How many processes of each service run after a start. */
export const replicas = { gateway: 2, storefront: 2, catalog: 2, cart: 2, order: 2 };

export type Service = keyof typeof replicas;

/** Those without a database: more would only share the processors of one machine. */
const MOST_ON_A_MACHINE = 8;

/** The most replicas a service can have here. */
export function mostOf(service: Service): number {
  const hasDatabase = (name: string): name is DatabaseService => databaseServices.includes(name as DatabaseService);
  return hasDatabase(service) ? mostReplicas(service) : MOST_ON_A_MACHINE;
}

/** The services that others call through an internal listener of nginx. */
export const internalServices = ['storefront', 'catalog', 'cart', 'order'] as const satisfies readonly Service[];

/** What the environment of a process is made from. */
export interface Shop {
  publicUrl: string;
  settings: Settings;
  secrets: Secrets;
  /** How many processes of each service run, as they should be. */
  replicas: Record<Service, number>;
  /** Address of the internal listener of each service. */
  internal: Record<(typeof internalServices)[number], string>;
  /** The database's address as a role. */
  database(role: string): string;
  redis: string;
  manifest: string;
  /** Where mails go: a mail server, or a folder. */
  mail: string;
  payment: { secretKey: string; webhookSecret: string; /** Set for the sandbox. */ apiUrl?: string; /** Where the shopper pays. */ pageOrigin: string };
}

type Environment = Record<string, string>;

interface ServiceDefinition {
  entry: string;
  env(shop: Shop): Environment;
}

/** Every service, where its code begins and what it is told. In the order in which they start. */
export const services: Record<Service, ServiceDefinition> = {
  catalog: {
    entry: 'services/catalog/src/main.ts',
    env: (shop) => ({ ...database(shop, 'catalog'), ...currency(shop), REDIS_URL: shop.redis, IDENTITY_KEYS: trusted(shop, ['gateway', 'order']) }),
  },
  cart: {
    entry: 'services/cart/src/main.ts',
    env: (shop) => ({ ...database(shop, 'cart'), ...currency(shop), IDENTITY_KEYS: trusted(shop, ['gateway', 'order']), CATALOG_URL: shop.internal.catalog }),
  },
  order: {
    entry: 'services/order/src/main.ts',
    env: (shop) => ({
      ...database(shop, 'order'),
      ...currency(shop),
      IDENTITY_KEYS: trusted(shop, ['gateway']),
      IDENTITY_KEY: shop.secrets.identity.order,
      CATALOG_URL: shop.internal.catalog,
      CART_URL: shop.internal.cart,
      PUBLIC_URL: shop.publicUrl,
      HOLD_MINUTES: String(shop.settings.HOLD_MINUTES),
      STRIPE_SECRET_KEY: shop.payment.secretKey,
      STRIPE_WEBHOOK_SECRET: shop.payment.webhookSecret,
      ...(shop.payment.apiUrl !== undefined && { STRIPE_API_URL: shop.payment.apiUrl }),
      MAIL_URL: shop.mail,
      MAIL_FROM: shop.settings.MAIL_FROM,
    }),
  },
  storefront: {
    entry: 'services/storefront/src/main.ts',
    env: (shop) => ({
      ...currency(shop),
      CATALOG_URL: shop.internal.catalog,
      CART_URL: shop.internal.cart,
      ORDER_URL: shop.internal.order,
      PUBLIC_URL: shop.publicUrl,
      ASSET_MANIFEST: shop.manifest,
      PAYMENT_ORIGIN: shop.payment.pageOrigin,
    }),
  },
  gateway: {
    entry: 'gateway/src/main.ts',
    env: (shop) => ({
      CATALOG_URL: shop.internal.catalog,
      CART_URL: shop.internal.cart,
      ORDER_URL: shop.internal.order,
      STOREFRONT_URL: shop.internal.storefront,
      REDIS_URL: shop.redis,
      IDENTITY_KEY: shop.secrets.identity.gateway,
      PUBLIC_URL: shop.publicUrl,
      TRUSTED_PROXIES: '127.0.0.1',
    }),
  },
};

/** Programs of a service that run and end. */
export const jobs = {
  'catalog-import': { service: 'catalog', entry: 'services/catalog/src/import/main.ts' },
  'catalog-seed': { service: 'catalog', entry: 'services/catalog/src/seed/main.ts' },
  'order-refund': { service: 'order', entry: 'services/order/src/refunds/main.ts' },
  'order-jobs': { service: 'order', entry: 'services/order/src/jobs/cli/main.ts' },
} satisfies Record<string, { service: DatabaseService; entry: string }>;
export type JobName = keyof typeof jobs;

export const SANDBOX_ENTRY = 'infra/local/src/sandbox/main.ts';

/** The most that a process may be told: whatever Postgres gives. */
const UNBOUNDED = 10_000;

function database(shop: Shop, service: DatabaseService): Environment {
  return {
    DATABASE_URL: shop.database(runnerOf(service)),
    DATABASE_CONNECTIONS: String(protectionsWithout(shop.settings.EMALL_WITHOUT).has('connection-budget') ? budget.services[service].replicas : UNBOUNDED),
    REPLICAS: String(shop.replicas[service]),
  };
}

function currency({ settings }: Pick<Shop, 'settings'>): Environment {
  return { SHOP_CURRENCY: settings.SHOP_CURRENCY };
}

function trusted({ secrets }: Shop, callers: (keyof Secrets['identity'])[]): string {
  return callers.map((caller) => `${caller}:${secrets.identity[caller]}`).join(',');
}
