/** Anything else cannot be an order and need not be asked for. */
export const ORDER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Of an order's page, as its private link has it when there is a key. */
export function orderPath(id: string, key: string | undefined): string {
  return key === undefined ? `/orders/${id}` : `/orders/${id}?key=${encodeURIComponent(key)}`;
}
