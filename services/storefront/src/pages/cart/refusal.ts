interface Problem {
  code?: string;
  detail?: string;
}

const REASONS: Record<string, string> = {
  'unknown-sku': 'That product is not sold any more.',
  'not-found': 'That product is not sold any more.',
  'cart-full': 'Your cart is full. Check out, or remove something first.',
};

/** Why cart did not do it, in words for the shopper. */
export function refusalOf(error: unknown): string {
  const { code = '', detail } = (error ?? {}) as Problem;
  return REASONS[code] ?? detail ?? 'That could not be done. Look at your cart and try again.';
}
