import { defineProblem } from '@emall/runtime';

export const outOfStock = defineProblem('out-of-stock', 409, 'Not enough in stock');
export const reservationMismatch = defineProblem('reservation-mismatch', 409, 'The order holds other lines');
export const reservationExpired = defineProblem('reservation-expired', 409, 'The hold has lapsed and the stock is gone');
export const reservationReleased = defineProblem('reservation-released', 409, 'The order gave back what it held');
export const reservationUnknown = defineProblem('reservation-unknown', 404, 'Nothing is reserved for this order');
