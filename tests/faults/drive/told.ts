import type { Call, Kind } from '../history/call.ts';

type Told = Partial<Pick<Call, 'body' | 'order' | 'state' | 'total' | 'orders' | 'lines' | 'wanting'>>;
type Total = { amount: number; currency: string };

/** What an answer says that a checker must know. Trusts no shape: a broken shop may say anything. */
export function told(kind: Kind, status: number, json: unknown, text: string): Told {
  if (json === null || typeof json !== 'object') return {};
  const { id, state, total, code, lines, items, sku } = json as Record<string, unknown>;
  const known = { ...(typeof state === 'string' && { state }), ...(isTotal(total) && { total: { amount: total.amount, currency: total.currency } }) };
  switch (kind) {
    case 'order':
      return {
        ...(status > 0 && { body: text }),
        ...(status === 201 && { ...known, ...(typeof id === 'string' && { order: id }) }),
        ...(code === 'out-of-stock' && { wanting: skusOf(lines) }),
      };
    case 'add':
      return code === 'sold-out' && typeof sku === 'string' ? { wanting: [sku] } : {};
    case 'read':
    case 'peek':
    case 'cancel':
      return status === 200 ? known : {};
    case 'quote':
    case 'cart':
      return status === 200 ? { lines: list(lines).map(({ sku, quantity }) => ({ sku: String(sku), quantity: Number(quantity) })) } : {};
    case 'list':
      return status === 200 ? { orders: list(items).map((item) => ({ id: String(item['id']), state: String(item['state']) })) } : {};
    default:
      return {};
  }
}

function isTotal(value: unknown): value is Total {
  const { amount, currency } = (value ?? {}) as Partial<Total>;
  return typeof amount === 'number' && typeof currency === 'string';
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}

function skusOf(lines: unknown): string[] {
  return list(lines).map(({ sku }) => String(sku));
}
