import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAlive } from '../../infra/local/src/system/processes.ts';
import { TestShop, until } from '../local/shop.ts';
import { ApiShopper } from './api.ts';

const shop = new TestShop();

beforeAll(() => shop.start(), 240_000);
afterAll(() => shop.dispose(), 240_000);

async function plenty(): Promise<string> {
  const { items } = (await (await fetch(`${shop.url}/api/catalog/products?in_stock=true&limit=60`)).json()) as { items: { slug: string }[] };
  for (const { slug } of items) {
    const { variants } = (await (await fetch(`${shop.url}/api/catalog/products/${slug}`)).json()) as { variants: { sku: string; available: number }[] };
    const variant = variants.find(({ available }) => available >= 99);
    if (variant) return variant.sku;
  }
  throw new Error('nothing in the demonstration catalogue is there 99 times');
}

/** Browses and buys until told to stop; what a shopper would notice is noted. */
async function shopUntil(stopped: () => boolean, sku: string, noticed: string[], orders: string[]): Promise<void> {
  while (!stopped()) {
    const shopper = new ApiShopper(shop.url);
    for (const path of ['/', '/search?q=book', '/api/catalog/products?limit=24']) {
      const { status } = await shopper.call('GET', path);
      if (status !== 200) noticed.push(`GET ${path}: ${status}`);
    }
    const { status, body } = await shopper.buy(sku, 1);
    if (status === 201) orders.push(body.id);
    else if (body.code !== 'out-of-stock' && body.code !== 'sold-out') noticed.push(`order: ${status} ${JSON.stringify(body)}`);
    const mine = await shopper.call<{ items?: { id: string }[] }>('GET', '/api/orders');
    if (status === 201 && mine.body.items?.[0]?.id !== body.id) noticed.push(`the order is not found: ${mine.status}`);
  }
}

describe('killing any one replica during a purchase', () => {
  it('is not noticed by those who shop', async () => {
    const sku = await plenty();
    const noticed: string[] = [];
    const orders: string[] = [];
    let stop = false;
    const shoppers = [1, 2, 3].map(() => shopUntil(() => stop, sku, noticed, orders));
    try {
      for (const service of ['gateway', 'storefront', 'catalog', 'cart', 'order']) {
        const before = orders.length;
        const victim = shop.process(`${service}-1`);
        // The pid is ours only if the process that has it began when the topology says.
        if (!isAlive(victim)) throw new Error(`${victim.name} is not the process that was started`);
        process.kill(victim.pid, 'SIGKILL');
        await until(() => shop.process(`${service}-1`).pid !== victim.pid && shop.process(`${service}-1`).state === 'ready', 60_000, () => `${service}-1 did not come back`);
        await until(() => orders.length > before || noticed.length > 0, 60_000, () => 'nobody could buy any more');
      }
    } finally {
      stop = true;
      await Promise.all(shoppers);
    }
    expect(noticed).toEqual([]);
    expect(new Set(orders).size).toBe(orders.length);
    expect(orders.length).toBeGreaterThanOrEqual(5);
  }, 400_000);
});
