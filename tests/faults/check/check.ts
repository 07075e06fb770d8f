import { answersAreKept } from './answers.ts';
import { retryBudget } from './budget.ts';
import { cartsAreSafe } from './carts.ts';
import { effectsExactlyOnce } from './effects.ts';
import { endedForAReason } from './endings.ts';
import { factsOf } from './facts.ts';
import { keysBelongToCallers } from './keys.ts';
import { noDoubleChargeNoFreeOrder, noLostPaidOrder, webhooksAreBelieved } from './money.ts';
import { acknowledgedIsDurable, oneOrderForEachKey, refusedHasNoEffect } from './orders.ts';
import { priceIntegrity } from './prices.ts';
import { nothingHalfDone } from './rest.ts';
import { noCrossShopperAccess, sessionOrder } from './sight.ts';
import { noOversell, noUndersell, stockIsConserved } from './stock.ts';
import type { Violation } from './violation.ts';
import type { World } from './world.ts';

export type { Violation } from './violation.ts';
export type { World } from './world.ts';

/** I1 to I17, in this order. */
const INVARIANTS = [
  noOversell,
  stockIsConserved,
  noLostPaidOrder,
  noDoubleChargeNoFreeOrder,
  oneOrderForEachKey,
  answersAreKept,
  acknowledgedIsDurable,
  endedForAReason,
  refusedHasNoEffect,
  nothingHalfDone,
  priceIntegrity,
  noCrossShopperAccess,
  sessionOrder,
  noUndersell,
  effectsExactlyOnce,
  cartsAreSafe,
  keysBelongToCallers,
  webhooksAreBelieved,
  retryBudget,
];

/** Decides every invariant; nothing when all hold. */
export function check(world: World): Violation[] {
  const facts = factsOf(world);
  return INVARIANTS.flatMap((invariant) => invariant(facts));
}
