import { fakeUpstream, type UpstreamHandler } from '@emall/runtime/testing';

export interface Goods {
  sku: string;
  name?: string;
  price: number;
  stock: number;
}

interface Reservation {
  lines: { sku: string; quantity: number }[];
  /** A hold that lapsed is taken up again while the units are there, one that was released is not. */
  state: 'held' | 'committed' | 'released' | 'lapsed';
  /** The latest that was here: an earlier one changes nothing. */
  attempt: number;
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

const looks = { picture: { name: '2615', alt: 'A mug', recolour: 'Blue' }, tint: 210 };

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

  const shortOf = (lines: Line[]) => lines.filter(({ sku, quantity }) => stockOf(sku) < quantity).map(({ sku }) => ({ sku, available: stockOf(sku) }));
  /** Lets a hold lapse, as catalog's clock would. */
  const lapse = (orderId: string) => {
    const reservation = reservations.get(orderId);
    if (reservation?.state !== 'held') throw new Error(`${orderId} holds nothing`);
    move(reservation.lines, 1);
    reservation.state = 'lapsed';
  };

  const upstream = await fakeUpstream({
    'POST /internal/prices': ({ body }) => {
      const { lines } = body as { lines: Line[] };
      const known = lines.flatMap(({ sku, quantity }) => {
        const found = shelf.get(sku);
        if (!found) return [];
        const price = { amount: found.price, currency: 'GBP' };
        return [{ sku, name: found.name ?? `The ${sku}`, options: { size: 'M' }, ...looks, quantity, price, available: Math.min(99, found.stock) }];
      });
      return { body: { lines: known, unknown: lines.map(({ sku }) => sku).filter((sku) => !shelf.has(sku)) } };
    },
    'PUT /internal/reservations/*': ({ url, body }) => {
      const { lines, attempt } = body as { lines: Line[]; attempt?: number };
      const orderId = idOf(url);
      const before = reservations.get(orderId);
      const latest = Math.max(before?.attempt ?? 0, attempt ?? 0);
      const stands = before?.state === 'held' || before?.state === 'committed';
      if (stands && JSON.stringify(before.lines) !== JSON.stringify(lines)) return { status: 409, body: { code: 'reservation-mismatch' } };
      if (!stands) {
        if (before && before.attempt > (attempt ?? before.attempt)) return { status: 503, body: { code: 'unavailable' } };
        const short = shortOf(lines);
        if (short.length > 0) return { status: 409, body: { code: 'out-of-stock', lines: short } };
        move(lines, -1);
        reservations.set(orderId, { lines, state: 'held', attempt: latest });
      } else before.attempt = latest;
      return { body: { orderId, state: reservations.get(orderId)?.state, expiresAt: new Date().toISOString() } };
    },
    'POST /internal/reservations/*': ({ url }) => {
      const orderId = idOf(url);
      const reservation = reservations.get(orderId);
      if (/\/release(\?|$)/.test(url)) {
        const attempt = Number(new URL(url, 'http://catalog').searchParams.get('attempt') ?? Number.MAX_SAFE_INTEGER);
        if (reservation && reservation.attempt > attempt) return { body: { orderId, state: 'released' } };
        if (!reservation) reservations.set(orderId, { lines: [], state: 'released', attempt });
        if (reservation) reservation.attempt = attempt;
        if (reservation?.state === 'held' || reservation?.state === 'committed') move(reservation.lines, 1);
        if (reservation) reservation.state = 'released';
        return { body: { orderId, state: 'released' } };
      }
      if (!reservation) return { status: 404, body: { code: 'reservation-unknown' } };
      if (reservation.state === 'released') return { status: 409, body: { code: 'reservation-released' } };
      if (reservation.state === 'lapsed') {
        if (shortOf(reservation.lines).length > 0) return { status: 409, body: { code: 'reservation-expired' } };
        move(reservation.lines, -1);
      }
      reservation.state = 'committed';
      return { body: { orderId, state: 'committed' } };
    },
  });
  return { ...upstream, shelf, reservations, stockOf, lapse };
}

/** What shoppers have in their carts. Every `set` is a change, as a write is at the real one: also of a cart that looks the same. */
class Carts extends Map<string, Line[]> {
  readonly #changes = new Map<string, number>();

  override set(shopper: string, lines: Line[]): this {
    this.#changes.set(shopper, (this.#changes.get(shopper) ?? 0) + 1);
    return super.set(shopper, lines);
  }

  versionOf(shopper: string): string {
    return `${this.#changes.get(shopper) ?? 0}`;
  }
}

/** Cart as its contract describes it, without its own rules: whoever asks has what the test put there. */
export async function fakeCart() {
  const carts = new Carts();
  const cleared = new Set<string>();
  const shopperOf = (headers: Record<string, unknown>) => String(headers['x-emall-identity']).split('.')[0] ?? '';
  const upstream = await fakeUpstream({
    'GET /internal/carts/contents': ({ headers }) => ({ body: { version: carts.versionOf(shopperOf(headers)), lines: carts.get(shopperOf(headers)) ?? [] } }),
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
