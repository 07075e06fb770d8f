import { defineProblem } from '@emall/runtime';

/** Final for the key they answer: the shopper looks at what changed and orders again with a new key. */
export const cartEmpty = defineProblem('cart-empty', 409, 'The cart is empty');
export const cartChanged = defineProblem('cart-changed', 409, 'The cart changed while the order was being placed');
export const totalChanged = defineProblem('total-changed', 409, 'The total is not what it was');
export const outOfStock = defineProblem('out-of-stock', 409, 'Not enough in stock');
export const totalTooLarge = defineProblem('total-too-large', 409, 'The order is too large to be paid at once');
export const tooManyUnits = defineProblem('too-many-units', 409, 'That is more than one order may hold');
export const tooManyOrders = defineProblem('too-many-orders', 409, 'Too many orders are due on delivery');
export const alreadyOrdered = defineProblem('already-ordered', 409, 'This cart has been ordered already');
export const orderEnded = defineProblem('order-ended', 409, 'The order was cancelled before its payment could begin');
export const alreadyPaid = defineProblem('already-paid', 409, 'An earlier order has been paid already');

/** About the key itself, never stored under it. */
export const keyReused = defineProblem('idempotency-key-reused', 422, 'This key was used with another payload');
export const stillRunning = defineProblem('request-in-progress', 409, 'A checkout of this shopper is still under way');

export const notCancellable = defineProblem('not-cancellable', 409, 'The order can no longer be cancelled');
export const invalidSignature = defineProblem('invalid-signature', 400, 'The signature is not valid');
export const invalidEvent = defineProblem('invalid-event', 400, 'The signature is valid, and the body is not an event');
export const unknownOrder = defineProblem('unknown-order', 400, 'The event names no order of ours');
