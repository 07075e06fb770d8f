import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Street } from './street.ts';
import { type Address, headerOf, type Reply, Wire } from './wire.ts';

/** What a run of an operation is told about the shop. */
export interface World {
  /** Paths to ask for, in turn. */
  paths?: string[];
  skus?: string[];
  /** Pages of people, for journeys that mix them. */
  pages?: { products: string[]; listings: string[]; searches: string[] };
  /** Where the payment provider is. */
  provider?: Address;
}

/** What is done once: everything that is not measured in `prepare`, what is measured in `run`. */
export interface Operation<T = unknown> {
  prepare?(street: Street, world: World, n: number): Promise<T>;
  run(street: Street, world: World, n: number, prepared: T): Promise<void>;
}

const ADDRESS = { name: 'Ada Lovelace', line1: "12 St James's Square", city: 'London', postcode: 'SW1Y 4JH', country: 'GB' };
const DELIVERY = { address: ADDRESS, shippingMethod: 'standard' };

const at = <T>(list: T[] | undefined, n: number): T => {
  const item = list?.[n % list.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
};

function json<T>(reply: Reply): T {
  const body = headerOf(reply, 'content-encoding') === 'gzip' ? gunzipSync(reply.body) : reply.body;
  return JSON.parse(body.toString()) as T;
}

/** A guest with `lines` lines in the cart; the cookie that says who that is. */
async function fill(street: Street, world: World, n: number, lines: number): Promise<string> {
  let cookie = '';
  for (let line = 0; line < lines; line += 1) cookie = await add(street, cookie, at(world.skus, n * 7 + line * 1009));
  return cookie;
}

async function add(street: Street, cookie: string, sku: string): Promise<string> {
  const reply = await street.call({ method: 'POST', path: '/api/cart/lines', headers: { ...(cookie && { cookie }), 'idempotency-key': randomUUID() }, body: JSON.stringify({ sku, quantity: 1 }) }, 200);
  return cookie || guestOf(reply);
}

function guestOf({ head }: Reply): string {
  const found = /\r\nset-cookie: *(__Host-[^;\r]*)/i.exec(head)?.[1];
  if (found === undefined) throw new Error('no guest was made');
  return found;
}

async function quote(street: Street, cookie: string): Promise<unknown> {
  return json<{ total: unknown }>(await street.call({ method: 'POST', path: '/api/orders/quote', headers: { cookie }, body: JSON.stringify(DELIVERY) }, 200)).total;
}

interface Placed {
  id: string;
  payment: { url?: string };
}

async function place(street: Street, cookie: string, expectedTotal: unknown, paymentMethod: string): Promise<Placed> {
  const body = JSON.stringify({ ...DELIVERY, email: 'ada@example.com', paymentMethod, expectedTotal });
  return json<Placed>(await street.call({ method: 'POST', path: '/api/orders', headers: { cookie, 'idempotency-key': randomUUID() }, body }, 201));
}

const look = (street: Street, cookie: string, { id }: Placed) => street.call({ method: 'GET', path: `/api/orders/${id}`, headers: { cookie } }, 200);

const get: Operation<void> = {
  async run(street, world, n) {
    await street.call({ method: 'GET', path: at(world.paths, n) }, 200);
  },
};

/** A cart of one line gets another one. */
const cartWrite: Operation<string> = {
  prepare: (street, world, n) => fill(street, world, n, 1),
  async run(street, world, n, cookie) {
    await add(street, cookie, at(world.skus, n * 7 + 1009));
  },
};

/** What a shopper has who is about to press the button. */
interface Ready {
  cookie: string;
  total: unknown;
}

async function ready(street: Street, world: World, n: number): Promise<Ready> {
  const cookie = await fill(street, world, n, 2);
  return { cookie, total: await quote(street, cookie) };
}

const orderOf = (paymentMethod: string): Operation<Ready> => ({
  prepare: ready,
  async run(street, _world, _n, { cookie, total }) {
    await place(street, cookie, total, paymentMethod);
  },
});

/** From the first add to the confirmation: two adds, the total, the order, the look at it. */
const journey: Operation<void> = {
  async run(street, world, n) {
    const { cookie, total } = await ready(street, world, n);
    await look(street, cookie, await place(street, cookie, total, 'on_delivery'));
  },
};

/** Asked for before, so that what lies behind nginx knows it; everything as it is in {@link get}. */
const getAgain: Operation<void> = {
  prepare: (street, world, n) => get.run(street, world, n),
  run: get.run,
};

/** Presses the button with the good test card, as {@link https://docs.stripe.com/testing} has it. */
async function pay(world: World, { payment }: Placed): Promise<void> {
  if (payment.url === undefined || world.provider === undefined) throw new Error('nowhere to pay');
  const { host, pathname } = new URL(payment.url);
  const body = 'quick=1&number=4242424242424242';
  const wire = new Wire(world.provider);
  const type = 'content-type: application/x-www-form-urlencoded\r\nconnection: close';
  const { status } = await wire.send(`POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\n${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  wire.close();
  if (status !== 303) throw new Error(`the provider answered ${status}`);
}

/** The same by card: until the shop knows that it is paid. */
const journeyByCard: Operation<void> = {
  async run(street, world, n) {
    const { cookie, total } = await ready(street, world, n);
    const placed = await place(street, cookie, total, 'card');
    await pay(world, placed);
    await look(street, cookie, placed);
  },
};

/** What people do, of twenty steps: eight look at a product, six at a list, three search, two put something into a cart, one orders. */
const mixed: Operation<void> = {
  async run(street, world, n) {
    const { products, listings, searches } = world.pages ?? { products: [], listings: [], searches: [] };
    const step = n % 20;
    const page = (list: string[]) => street.call({ method: 'GET', path: at(list, popular(n, list.length)) }, 200);
    if (step < 8) await page(products);
    else if (step < 14) await page(listings);
    else if (step < 17) await page(searches);
    else if (step < 19) await fill(street, world, n, 1);
    else await journey.run(street, world, n);
  },
};

/** Few are asked for often: rank r in proportion to 1/(r+1). The same n gives the same rank. */
function popular(n: number, of: number): number {
  return Math.min(of - 1, Math.floor((of + 1) ** (((n * 7919) % 10_007) / 10_007)) - 1);
}

export const operations: Record<string, Operation> = { get, getAgain, cartWrite, orderOnDelivery: orderOf('on_delivery'), orderByCard: orderOf('card'), journey, journeyByCard, mixed };
