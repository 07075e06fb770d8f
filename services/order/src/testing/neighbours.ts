import { fakeUpstream, type UpstreamHandler } from '@emall/runtime/testing';

export interface Goods {
  sku: string;
  name?: string;
  price: number;
  stock: number;
}

interface Reservation {
  lines: { sku: string; quantity: number }[];
  state: 'held' | 'committed' | 'released';
}

type Line = { sku: string; quantity: number };

/** Answers one kind of call in another way while something is done. */
export async function answering<T>(upstream: { handlers: Record<string, UpstreamHandler> }, route: string, instead: (usual: UpstreamHandler) => UpstreamHandler, during: () => Promise<T>): Promise<T> {
  const usual = upstream.handlers[route];
  if (!usual) throw new Error(`nobody answers ${route}`);
  upstream.handlers[route] = instead(usual);
  try {
    return await during();
  } finally {
    upstream.handlers[route] = usual;
  }
}

/** Catalog as its contract describes it: prices, and stock that is held, sold or given back. */
export async function fakeCatalog(goods: Goods[]) {
  const shelf = new Map(goods.map((each) => [each.sku, { ...each }]));
  const reservations = new Map<string, Reservation>();
  const idOf = (url: string) => url.split('/')[3] ?? '';
  const stockOf = (sku: string) => shelf.get(sku)?.stock ?? 0;
  const move = (lines: Line[], sign: 1 | -1) => {
    for (const { sku, quantity } of lines) {
      const each = shelf.get(sku);
      if (each) each.stock += sign * quantity;
    }
  };

  const upstream = await fakeUpstream({
    'POST /internal/prices': ({ body }) => {
      const { lines } = body as { lines: Line[] };
      const known = lines.flatMap(({ sku, quantity }) => {
        const found = shelf.get(sku);
        if (!found) return [];
        const price = { amount: found.price, currency: 'GBP' };
        return [{ sku, name: found.name ?? `The ${sku}`, options: { size: 'M' }, picture: null, quantity, price, available: Math.min(99, found.stock) }];
      });
      return { body: { lines: known, unknown: lines.map(({ sku }) => sku).filter((sku) => !shelf.has(sku)) } };
    },
    'PUT /internal/reservations/*': ({ url, body }) => {
      const { lines } = body as { lines: Line[] };
      const orderId = idOf(url);
      const before = reservations.get(orderId);
      if (before && JSON.stringify(before.lines) !== JSON.stringify(lines)) return { status: 409, body: { code: 'reservation-mismatch' } };
      if (!before) {
        const short = lines.filter(({ sku, quantity }) => stockOf(sku) < quantity);
        if (short.length > 0) {
          return { status: 409, body: { code: 'out-of-stock', lines: short.map(({ sku }) => ({ sku, available: stockOf(sku) })) } };
        }
        move(lines, -1);
        reservations.set(orderId, { lines, state: 'held' });
      }
      return { body: { orderId, state: reservations.get(orderId)?.state, expiresAt: new Date().toISOString() } };
    },
    'POST /internal/reservations/*': ({ url }) => {
      const reservation = reservations.get(idOf(url));
      if (!reservation) return { status: 404, body: { code: 'not-found' } };
      if (url.endsWith('/commit')) {
        if (reservation.state === 'released') return { status: 409, body: { code: 'reservation-lapsed' } };
        reservation.state = 'committed';
      } else if (reservation.state !== 'released') {
        move(reservation.lines, 1);
        reservation.state = 'released';
      }
      return { body: { orderId: idOf(url), state: reservation.state } };
    },
  });
  return { ...upstream, shelf, reservations, stockOf };
}

/** Cart as its contract describes it, without its own rules: whoever asks has what the test put there. */
export async function fakeCart() {
  const carts = new Map<string, Line[]>();
  const cleared = new Set<string>();
  const shopperOf = (headers: Record<string, unknown>) => String(headers['x-emall-identity']).split('.')[0] ?? '';
  const upstream = await fakeUpstream({
    'GET /api/cart': ({ headers }) => ({ body: { lines: carts.get(shopperOf(headers)) ?? [] } }),
    'POST /internal/carts/clear': ({ headers, body }) => {
      const { orderId, lines } = body as { orderId: string; lines: Line[] };
      const shopper = shopperOf(headers);
      if (!cleared.has(orderId)) {
        const ordered = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
        const left = (carts.get(shopper) ?? []).map(({ sku, quantity }) => ({ sku, quantity: quantity - (ordered.get(sku) ?? 0) }));
        carts.set(shopper, left.filter(({ quantity }) => quantity > 0));
        cleared.add(orderId);
      }
      return { status: 204 };
    },
  });
  return { ...upstream, carts };
}
