import { defineProblem } from '@emall/runtime';

export const outOfStock = defineProblem('out-of-stock', 409, 'Not enough in stock');
export const reservationMismatch = defineProblem('reservation-mismatch', 409, 'The order holds other lines');
export const reservationExpired = defineProblem('reservation-expired', 409, 'The hold has lapsed and the stock is gone');
export const reservationUnknown = defineProblem('reservation-unknown', 404, 'Nothing is reserved for this order');
