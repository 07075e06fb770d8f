import { defineProblem } from '@emall/runtime';

export const unknownSku = defineProblem('unknown-sku', 404, 'We do not sell this');
export const soldOut = defineProblem('sold-out', 409, 'Sold out');
export const quantityLimit = defineProblem('quantity-limit', 409, 'That is more than one order may hold of this');
export const cartFull = defineProblem('cart-full', 409, 'The cart is full');
export const idempotencyKeyReused = defineProblem('idempotency-key-reused', 422, 'The Idempotency-Key was used for another add');
