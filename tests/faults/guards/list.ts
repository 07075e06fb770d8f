import type { Guard } from './guard.ts';
import { cartGuards } from './list/cart.ts';
import { catalogGuards } from './list/catalog.ts';

/**
 * Every guard of the exact checkout. Not listed is what cannot go alone: a statement that names a unique index in
 * `on conflict` fails without it, and `stock.on_hand >= 0` follows from the two other constraints of its table.
 */
export const guards: readonly Guard[] = [...catalogGuards, ...cartGuards];

/** For each test file the plain story that must go on while a guard is away. */
export const witnesses: Readonly<Record<string, string>> = {
  'services/catalog/src/stock/reserve.test.ts': 'holds all lines in one statement',
  'services/catalog/src/stock/constraints.test.ts': 'takes what is right',
  'services/catalog/src/stock/turn-taking.test.ts': 'a reservation that waits for nobody holds its lines',
  'services/cart/src/carts/clear.test.ts': 'is not surprised by lines and carts that are gone',
  'services/cart/src/lines/routes.test.ts': 'takes SKUs as they are written',
  'services/cart/src/lines/concurrency.test.ts': 'add up exactly, the first ones of a new cart included',
  'services/cart/src/lines/bad-input.test.ts': 'is refused when it is not UTF-8',
};
