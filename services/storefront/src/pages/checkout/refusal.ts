import type { Notice } from './view.tsx';

/** What the order service says when it does not order. */
export interface Refusal {
  code?: string;
  detail?: string;
  errors?: { field: string }[];
  /** The earlier order, where that is the reason. */
  order?: { number: string; link: string };
}

interface Circumstances {
  /** Why the cart cannot be ordered as it is now. */
  cart?: 'empty' | 'short' | undefined;
  /** True when the cart holds other lines than the page showed. */
  changed?: boolean;
}

const EMPTY: Notice = {
  title: 'Your cart is empty now',
  text: 'It was emptied, or ordered, in another window. Nothing was ordered or charged by this button.',
  href: '/orders',
  link: 'See your orders',
};
const SHORT: Notice = { title: 'Something sold out just now', text: 'Nothing was ordered and nothing was charged.', href: '/cart', link: 'See what is left in your cart' };
const CHANGED: Notice = { title: 'Your cart changed', text: 'It was changed in another window. Nothing was ordered: look at the summary, and press the button if it suits you.' };
const TOTAL: Notice = {
  title: 'The total has changed',
  text: 'A price or the delivery changed while you were typing. Nothing was ordered: look at the new total, and press the button if it suits you.',
};
const OTHER_DETAILS: Notice = {
  title: 'You pressed this button before, with other details',
  text: 'That order may have been placed. Look there first, so that you do not order twice. If there is none, press the button again.',
  href: '/orders',
  link: 'See your orders',
};

const ONCE = 'This very cart was ordered in another window, so nothing was ordered twice and nothing is charged twice.';

/** Why nothing was ordered, and what to do next, in words for the shopper. The gravest reason alone. */
export function noticeOf({ code, detail, order }: Refusal, { cart, changed = false }: Circumstances): Notice {
  if (code === 'already-paid') return { title: 'Your earlier order is paid', text: detail ?? 'Nothing more was ordered or charged.', ...toOrder(order) };
  if (code === 'already-ordered') return { title: 'You have ordered this already', text: ONCE, ...toOrder(order) };
  if (code === 'idempotency-key-reused') return OTHER_DETAILS;
  if (cart === 'empty') return EMPTY;
  if (cart === 'short' || code === 'out-of-stock') return SHORT;
  if (changed || code === 'cart-changed' || code === 'cart-empty') return CHANGED;
  if (code === 'total-changed') return TOTAL;
  return { title: 'That could not be ordered', text: detail ?? 'Nothing was ordered. Look at the summary and try again.' };
}

/** True when there is nothing left to press: the cart is an order. */
export function isOrdered({ code }: Refusal): boolean {
  return code === 'already-ordered';
}

function toOrder(order: Refusal['order']): Pick<Notice, 'href' | 'link'> {
  return order === undefined ? { href: '/orders', link: 'See your orders' } : { href: pathOf(order.link), link: `See order ${order.number}` };
}

/** The private link leads to this shop; only its path is followed, so that a shopper stays on the address they came by. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}
