import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { protectionsWithout } from '@emall/runtime';
import { manifestFile } from '../build/assets.ts';
import { bundleFile } from '../build/bundles.ts';
import type { Home } from '../home.ts';
import type { NginxPlan } from '../nginx.ts';
import { internalServices, replicas, type Service, services, type Shop } from '../processes.ts';
import type { Secrets } from '../secrets.ts';
import { publicUrl, type Settings } from '../settings.ts';
import type { Databases } from './databases.ts';
import type { ShopPorts } from './ports.ts';
import { nginxSpec, replicaSpec, sandboxSpec, treeRelease } from './specs.ts';
import type { ProcessSpec } from './supervised.ts';

export interface Plan {
  home: Home;
  settings: Settings;
  secrets: Secrets;
  ports: ShopPorts;
}

/** What every process may be told, from settings, secrets and the ports that were free. */
export function describeShop({ home, settings, secrets, ports }: Plan, databases: Databases): Shop {
  return {
    publicUrl: publicUrl(settings),
    settings,
    secrets,
    replicas: { ...replicas },
    internal: Object.fromEntries(internalServices.map((name) => [name, `http://127.0.0.1:${ports.internal[name]}`])) as Shop['internal'],
    database: databases.database,
    redis: databases.redis,
    manifest: manifestFile(home),
    payment: payment(settings, secrets, ports),
    mail: settings.SMTP_URL ?? pathToFileURL(home.mail).href,
  };
}

/** The provider's page is opened on `localhost` while the shop is on 127.0.0.1: the way back is cross-site, as with the real one. */
function payment(settings: Settings, secrets: Secrets, ports: ShopPorts): Shop['payment'] {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = settings;
  if (secretKey !== undefined && webhookSecret !== undefined) return { secretKey, webhookSecret, pageOrigin: 'https://checkout.stripe.com' };
  return { ...secrets.stripe, apiUrl: `http://127.0.0.1:${ports.sandbox}`, pageOrigin: `http://localhost:${ports.sandbox}` };
}

/** Everything that runs on the databases. */
export function planProcesses({ home, settings, ports }: Plan, shop: Shop): ProcessSpec[] {
  const replicaSpecs = (Object.keys(services) as Service[]).filter((service) => existsSync(bundleFile(home, service)))
    .flatMap((service) => ports.replicas[service].map((at, index) => replicaSpec(home, shop, service, index + 1, at, treeRelease(home, service))));
  const sandbox = shop.payment.apiUrl === undefined ? [] : [sandboxSpec(home, ports.sandbox, sandboxEnvironment(home, shop))];
  return [...sandbox, ...replicaSpecs, nginxSpec(home, settings.EMALL_PORT)];
}

function sandboxEnvironment(home: Home, { payment, publicUrl, settings }: Shop): Record<string, string> {
  return {
    STRIPE_SECRET_KEY: payment.secretKey,
    STRIPE_WEBHOOK_SECRET: payment.webhookSecret,
    WEBHOOK_URL: `${publicUrl}/api/payments/webhook`,
    PUBLIC_ORIGIN: payment.pageOrigin,
    SANDBOX_STATE_FILE: join(home.sandbox, 'state.json'),
    LOG_LEVEL: settings.LOG_LEVEL,
    REPLICA: 'sandbox',
  };
}

/** Which ports nginx asks for each service. */
export type Asked = Record<Service, readonly number[]>;

export function planNginx({ settings, ports }: Plan, asked: Asked): NginxPlan {
  return {
    edgePort: settings.EMALL_PORT,
    publicUrl: publicUrl(settings),
    gateways: [...asked.gateway],
    internal: internalServices.map((service) => ({ service, port: ports.internal[service], replicas: [...asked[service]] })),
    protections: protectionsWithout(settings.EMALL_WITHOUT),
  };
}
