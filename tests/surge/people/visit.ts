import type { Ask } from '../load/browser.ts';
import { checkOut } from './checkout.ts';
import type { Person } from './person.ts';

/** Of all visits. Shops report two or three of a hundred that order; with so few a run of a minute would have no checkouts to judge. */
const BUYS = 0.3;
const LEAVES_AT_CART = 0.4;
const CLICKS_TWICE = 0.06;
/** Somebody who is shown the busy page goes away as often as not. */
const LEAVES_WHEN_BUSY = 0.5;
/** For how long somebody tries to put something into the cart. */
const ADDING_MS = 15_000;

const page = (path: string): Ask => ({ method: 'GET', path });

/** One visit, from the first page to the last. */
export async function visit(person: Person): Promise<void> {
  try {
    const { random } = person;
    if (!(await arrive(person))) return;
    if (random.chance(BUYS)) return await buy(person);
    for (let pages = random.int(1, 5); pages > 0; pages -= 1) {
      await person.think();
      if (!(await look(person, wander(person)))) return;
    }
  } finally {
    person.leave();
  }
}

/** Fills a cart, goes away, and orders when the moment has come. */
export async function comeBack(person: Person, at: number): Promise<void> {
  try {
    const { random, street: { taste, timetable } } = person;
    let added = 0;
    for (const { sku, product } of taste.basket(random)) {
      if ((await look(person, `/p/${product.slug}`)) && (await add(person, sku))) added += 1;
      await person.think(0.5);
    }
    if (added === 0) return;
    person.due = Math.max(at, performance.now());
    await timetable.at(person.due);
    await checkOut(person);
  } finally {
    person.leave();
  }
}

/** By the front door, by a link to a thing or a department, or with words in mind. */
function arrive(person: Person): Promise<boolean> {
  const { random, street: { taste } } = person;
  const draw = random.next();
  if (draw < 0.4) return look(person, '/');
  if (draw < 0.65) return look(person, `/p/${taste.product(random).slug}`);
  return look(person, draw < 0.85 ? taste.listing(random) : taste.search(random));
}

function wander({ random, street: { taste } }: Person): string {
  const draw = random.next();
  if (draw < 0.45) return `/p/${taste.product(random).slug}`;
  return draw < 0.75 ? taste.listing(random) : taste.search(random);
}

/** False when somebody goes away. */
async function look(person: Person, path: string): Promise<boolean> {
  const { outcome } = await person.ask(page(path));
  return outcome === 'good' || !person.random.chance(LEAVES_WHEN_BUSY);
}

async function buy(person: Person): Promise<void> {
  const { random } = person;
  let added = 0;
  for (const { sku, product } of person.street.taste.basket(random)) {
    await person.think();
    if (!(await look(person, `/p/${product.slug}`))) return;
    await person.think(0.5);
    if (await add(person, sku)) added += 1;
  }
  if (added === 0) return;
  await person.think();
  await person.insist(page('/cart'), performance.now() + ADDING_MS);
  await person.think();
  if (!random.chance(LEAVES_AT_CART)) await checkOut(person);
}

async function add(person: Person, sku: string): Promise<boolean> {
  const ask: Ask = { method: 'POST', path: '/cart/lines', form: { sku, quantity: '1' }, script: true };
  const once = () => person.insist(ask, performance.now() + ADDING_MS);
  // Two clicks on the first thing would make two guests: the page's script waits for the answer of the first (first-add.ts).
  const answers = person.known && person.random.chance(CLICKS_TWICE) ? await Promise.all([once(), once()]) : [await once()];
  return answers.some(({ answer }) => answer.status === 200);
}
