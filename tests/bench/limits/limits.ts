import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../infra/local/src/home.ts';
import { Child } from '../child.ts';
import { fetchOnce } from '../load/once.ts';
import type { Row } from '../rows.ts';
import { HttpSide, type Side } from '../side.ts';
import { BareNginx, FILE, PROXIED } from './bare-nginx.ts';
import type { Role } from './bare.ts';
import { leastCart, leastOrder, SqlSide } from './sql-side.ts';
import { recordStatements } from './record.ts';
import type { LimitSetting } from './setting.ts';

/** What a row is held against, started for it and ended after it: on the shop's processor, in the same minute. */
export async function openLimit(row: Row & { limit: string }, setting: LimitSetting): Promise<{ side: Side; of: string }> {
  const { shop, load, cores, worlds, seconds, concurrency } = setting;
  const path = row.world(worlds).paths?.[0] ?? '/';
  const http = (to: { port: number }, at: string, watched: { name: string; pid: number }[]) =>
    new HttpSide(load, { as: 'limit', to: { host: '127.0.0.1', port: to.port }, operation: 'get', world: { paths: [at] }, concurrency: row.concurrency ?? concurrency, seconds, watched });
  const { limit } = row;
  if (limit === 'same-sql') return { side: await SqlSide.open(setting, await recordStatements(setting, row)), of: 'all' };
  if (limit === 'least-cart-sql') return { side: await SqlSide.open(setting, await leastCart(shop)), of: 'all' };
  if (limit === 'least-order-sql') return { side: await SqlSide.open(setting, await leastOrder(shop)), of: 'all' };

  const answer = await fetchOnce(shop.door, path);
  if (limit === 'nginx-file') {
    const nginx = await BareNginx.start(shop.home, cores.shop, { answer, upstream: undefined });
    return { side: closing(http(nginx, FILE, [nginx.watched]), () => nginx.stop()), of: 'all' };
  }
  const route = new Child('limits/bare.ts', cores.shop);
  const { port } = await route.ask<{ port: number }>({ role: 'route', schema: answerSchema(path), answer: JSON.parse(answer.text) as unknown } satisfies Role);
  if (limit === 'route') return { side: closing(http({ port }, path, [{ name: 'route', pid: route.pid }]), () => route.end()), of: 'all' };
  if (limit === 'nginx-proxy') {
    const nginx = await BareNginx.start(shop.home, cores.shop, { answer, upstream: port });
    return { side: closing(http(nginx, PROXIED, [nginx.watched]), async () => (route.end(), nginx.stop())), of: 'nginx' };
  }
  const proxy = new Child('limits/bare.ts', cores.shop);
  const proxied = await proxy.ask<{ port: number }>({ role: 'proxy', upstream: `http://127.0.0.1:${port}` } satisfies Role);
  return { side: closing(http(proxied, path, [{ name: 'http-proxy', pid: proxy.pid }]), () => (route.end(), proxy.end())), of: 'all' };
}

/** How catalog describes the answer, from its contract. */
function answerSchema(path: string): object {
  const { paths } = JSON.parse(readFileSync(join(ROOT, 'services/catalog/openapi.json'), 'utf8')) as Contract;
  const operation = path.startsWith('/api/catalog/products/') ? '/api/catalog/products/{slug}' : '/api/catalog/products';
  const schema = paths[operation]?.get.responses['200']?.content['application/json'].schema;
  if (!schema) throw new Error(`catalog's contract does not describe ${operation}`);
  return schema;
}

interface Contract {
  paths: Record<string, { get: { responses: Record<string, { content: { 'application/json': { schema: object } } }> } }>;
}

function closing(side: Side, then: () => unknown): Side {
  return {
    warmUp: () => side.warmUp(),
    round: () => side.round(),
    close: async () => {
      await side.close();
      await then();
    },
  };
}
