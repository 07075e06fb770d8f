import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askReadiness } from '../../infra/local/src/supervisor/ready.ts';
import { isAlive } from '../../infra/local/src/system/processes.ts';
import { TestShop, until } from '../local/shop.ts';
import { ADDRESS, ApiShopper } from './api.ts';
import { fieldsOf, look, Noticed, type Page, PageShopper } from './page-shopper.ts';

const SKU = 'T-PLENTY';
const SERVICES = ['gateway', 'storefront', 'catalog', 'cart', 'order'];
const TYPED = { ...ADDRESS, email: 'ada@example.com', line2: '', shipping: 'standard' };

const shop = new TestShop();
let product = '';

beforeAll(async () => {
  await shop.start();
  const file = join(shop.home, 'plenty.csv');
  writeFileSync(file, `sku,name,price,stock\n${SKU},Jar that never runs out,5.00,100000\n`);
  const { output } = shop.run('import', file);
  if (!output.includes('imported 1')) throw new Error(output);
  const { items } = (await (await fetch(`${shop.url}/api/catalog/variants?sku=${SKU}`)).json()) as { items: { slug: string }[] };
  product = `/p/${items[0]?.slug}`;
}, 240_000);
afterAll(() => shop.dispose(), 240_000);

/** What shoppers noticed, and what they bought: by pages and by the API, paid by card and on delivery. */
interface Story {
  noticed: string[];
  orders: { id: string; way: 'page' | 'api'; payment: 'card' | 'on_delivery' }[];
  stopped: boolean;
}

/** Browses, buys and looks at the order, by pages alone, until told to stop. Two clicks are two adds, and never three. */
async function shopByPages(story: Story, payment: 'card' | 'on_delivery'): Promise<void> {
  while (!story.stopped) {
    const shopper = new PageShopper(shop.url, story.noticed);
    try {
      for (const path of ['/', '/search?q=jar']) await shopper.open(path, { from: 'none' });
      const page = await shopper.open(product);
      for (let click = 0; click < 2; click += 1) await shopper.send('/cart/lines', { ...fieldsOf(page, '/cart/lines'), quantity: '1' });
      const cart = await shopper.open('/cart');
      const quantity = fieldsOf(cart, `/cart/lines/${SKU}`)['quantity'] ?? /name="quantity"[^>]*value="(\d+)"/.exec(cart.text)?.[1];
      if (quantity !== '2') story.noticed.push(`two clicks put ${quantity} into the cart`);
      const checkout = await shopper.open('/checkout');
      const { location = '' } = await shopper.send('/checkout', { ...fieldsOf(checkout, '/checkout'), ...TYPED, payment });
      const order = payment === 'card' ? await pay(shopper, location) : await shopper.open(location);
      const id = /\/orders\/([0-9a-f-]{36})/.exec(order.text)?.[1] ?? '';
      story.orders.push({ id, way: 'page', payment });
      if (!(await shopper.open('/orders')).text.includes(id)) story.noticed.push(`order ${id} is not in the list`);
    } catch (error) {
      if (!(error instanceof Noticed)) throw error;
    }
  }
}

/** On the provider's page, which leads back from another site. */
async function pay(shopper: PageShopper, url: string) {
  await shopper.open(url, { from: 'cross-site' });
  const { location = '' } = await shopper.send(url, { quick: '1', number: '4242424242424242' });
  const order = await shopper.open(location, { from: 'cross-site' });
  if (!waits(order)) return order;
  // A replica that died while it asked the provider keeps the next one from asking for 2 s. The page looks again every 3 s by itself.
  let later = order;
  await until(async () => !waits((later = await shopper.open(location))), 20_000, () => 'the paid order still waits for its payment');
  return later;
}

const waits = ({ text }: Page) => text.includes('http-equiv="refresh" content="3"');

/** The same by the API. Every call is made once, but for the order, which a client repeats with its key as `Retry-After` asks. */
async function shopByApi(story: Story): Promise<void> {
  while (!story.stopped) {
    const shopper = new ApiShopper(shop.url);
    const once = async <T>(method: string, path: string, body?: unknown) => {
      await look();
      const answer = await shopper.call<T>(method, path, body);
      if (answer.status === 200) return answer.body;
      story.noticed.push(`${new Date().toISOString()} ${method} ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
      throw new Noticed();
    };
    try {
      await once('GET', '/api/catalog/products?limit=24');
      await once('POST', '/api/cart/lines', { sku: SKU, quantity: 1 });
      const { lines } = await once<{ lines: { quantity: number }[] }>('POST', '/api/cart/lines', { sku: SKU, quantity: 1 });
      if (lines[0]?.quantity !== 2) story.noticed.push(`two adds put ${lines[0]?.quantity} into the cart`);
      const delivery = { address: ADDRESS, shippingMethod: 'standard' };
      const { total } = await once<{ total: object }>('POST', '/api/orders/quote', delivery);
      const order = { ...delivery, email: TYPED.email, paymentMethod: 'on_delivery', expectedTotal: total };
      const { status, body } = await shopper.persist<{ id: string }>('POST', '/api/orders', order, randomUUID());
      if (status !== 201) story.noticed.push(`POST /api/orders: ${status} ${JSON.stringify(body)}`);
      const { items } = await once<{ items: { id: string }[] }>('GET', '/api/orders');
      if (items.length !== 1 || items[0]?.id !== body.id) story.noticed.push(`one order was placed, and ${items.length} are there`);
      story.orders.push({ id: body.id, way: 'api', payment: 'on_delivery' });
    } catch (error) {
      if (!(error instanceof Noticed)) throw error;
    }
  }
}

/** `kill -9`, and the wait until a process in its place answers: no more than one is away at any moment. */
async function kill(name: string): Promise<void> {
  const victim = shop.process(name);
  // The pid is ours only if the process that has it began when the topology says.
  if (!isAlive(victim)) throw new Error(`${name} is not the process that was started`);
  process.kill(victim.pid, 'SIGKILL');
  const isBack = async () => {
    const { pid, adminPort = 0 } = shop.process(name);
    return pid !== victim.pid && (await askReadiness(adminPort)).ready;
  };
  await until(isBack, 60_000, () => `${name} did not come back`);
}

const isReady = (name: string) => shop.process(name).state === 'ready';

describe('killing any one replica during a purchase, and then the other', () => {
  it('is not noticed by those who shop', async () => {
    const story: Story = { noticed: [], orders: [], stopped: false };
    const shoppers = Promise.all([...(['on_delivery', 'card', 'on_delivery'] as const).map((payment) => shopByPages(story, payment)), shopByApi(story), shopByApi(story)]);
    const fault = shoppers.then(() => undefined, (error: unknown) => error);
    try {
      // What a program does for the first time takes longest: that is over before the first of them dies.
      await until(() => story.orders.length >= 10 || story.noticed.length > 0, 60_000, () => 'nobody could buy at all');
      for (const name of SERVICES.flatMap((service) => [`${service}-1`, `${service}-2`])) {
        const before = story.orders.length;
        const noticed = story.noticed.length;
        // The other one is called ready only when nginx asks it again: until then this one is all that the service has.
        const other = name.replace(/[12]$/, (replica) => (replica === '1' ? '2' : '1'));
        await until(() => isReady(other), 60_000, () => `${other} did not become ready`);
        await kill(name);
        await until(() => story.orders.length > before || story.noticed.length > noticed, 60_000, () => 'nobody could buy any more');
        story.noticed.push(...story.noticed.splice(noticed).map((what) => `${name} was killed: ${what}`));
      }
    } finally {
      story.stopped = true;
      expect(await fault).toBeUndefined();
    }
    expect(story.noticed).toEqual([]);
    expect(new Set(story.orders.map(({ id }) => id)).size).toBe(story.orders.length);
    for (const [way, payment] of [['page', 'card'], ['page', 'on_delivery'], ['api', 'on_delivery']]) {
      expect(story.orders.filter((order) => order.way === way && order.payment === payment).length).toBeGreaterThanOrEqual(5);
    }
  }, 400_000);
});
