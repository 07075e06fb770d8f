import { type CountryCode, isCountry } from '../../shared/countries.ts';
import { SHIPPING_METHODS, type ShippingMethod } from '../../shared/delivery.ts';
import type { FieldError, FormBody } from '../../shared/forms.ts';

export const PAYMENT_METHODS = ['card', 'on_delivery'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** What was typed, kept as it was typed. */
export interface CheckoutValues {
  email: string;
  name: string;
  line1: string;
  line2: string;
  city: string;
  postcode: string;
  country: string;
  shipping: ShippingMethod;
  payment: PaymentMethod;
}

export interface CheckoutForm {
  values: CheckoutValues;
  /** Minor units that the button showed for the chosen delivery; compared with the order's total, never used as one. */
  shownTotal: number | undefined;
  /** Made with the page: a second press of the button is the same order. */
  key: string;
  errors: FieldError[];
}

const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@.,;:<>"]+(\.[^\s@.,;:<>"]+)+$/;
const POSTCODE = /^[A-Za-z0-9][A-Za-z0-9 -]{1,11}$/;
const KEY = /^[\x21-\x7e]{8,255}$/;

interface Rule {
  field: keyof CheckoutValues;
  longest: number;
  missing?: string;
  wrong?: (value: string) => string | undefined;
}

const RULES: Rule[] = [
  {
    field: 'email',
    longest: 254,
    missing: 'Enter your e-mail address',
    wrong: (value) => (EMAIL.test(value) ? undefined : 'Enter an e-mail address such as name@example.com'),
  },
  { field: 'name', longest: 100, missing: 'Enter the name of whoever receives the parcel' },
  { field: 'line1', longest: 120, missing: 'Enter the street and number' },
  { field: 'line2', longest: 120 },
  { field: 'city', longest: 80, missing: 'Enter the town or city' },
  {
    field: 'postcode',
    longest: 12,
    missing: 'Enter the postcode',
    wrong: (value) => (POSTCODE.test(value) ? undefined : 'Enter a postcode such as SW1A 1AA'),
  },
  {
    field: 'country',
    longest: 2,
    missing: 'Choose a country',
    wrong: (value) => (isCountry(value) ? undefined : 'Choose a country from the list'),
  },
];

export const NOTHING_TYPED: CheckoutValues = {
  email: '',
  name: '',
  line1: '',
  line2: '',
  city: '',
  postcode: '',
  country: 'GB',
  shipping: 'standard',
  payment: 'card',
};

export function readCheckout(form: FormBody, newKey: () => string): CheckoutForm {
  const text = (field: string) => (form[field] ?? '').slice(0, 300);
  const shipping = SHIPPING_METHODS.find((method) => method === form['shipping']);
  const payment = PAYMENT_METHODS.find((method) => method === form['payment']);
  const values: CheckoutValues = {
    ...(Object.fromEntries(RULES.map(({ field }) => [field, text(field)])) as Omit<CheckoutValues, 'shipping' | 'payment'>),
    shipping: shipping ?? NOTHING_TYPED.shipping,
    payment: payment ?? NOTHING_TYPED.payment,
  };
  const errors = RULES.flatMap((rule) => errorOf(rule, values[rule.field]));
  if (!shipping) errors.push({ field: 'shipping', reason: 'Choose how it should be delivered' });
  if (!payment) errors.push({ field: 'payment', reason: 'Choose how to pay' });
  const key = form['key'] ?? '';
  return { values, shownTotal: amountOf(form[`total-${values.shipping}`]), key: KEY.test(key) ? key : newKey(), errors };
}

function errorOf({ field, longest, missing, wrong }: Rule, value: string): FieldError[] {
  if (value === '') return missing === undefined ? [] : [{ field, reason: missing }];
  if (value.length > longest) return [{ field, reason: `Use at most ${longest} characters` }];
  if (/\p{Cc}/u.test(value)) return [{ field, reason: 'Use one line of plain text' }];
  const reason = wrong?.(value);
  return reason === undefined ? [] : [{ field, reason }];
}

function amountOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** The body of `POST /api/orders`, from values without an error. */
export function orderOf({ email, name, line1, line2, city, postcode, country, shipping, payment }: CheckoutValues, total: { amount: number; currency: string }) {
  return {
    email,
    address: { name, line1, ...(line2 && { line2 }), city, postcode, country: country as CountryCode },
    shippingMethod: shipping,
    paymentMethod: payment,
    expectedTotal: total,
  };
}

/** Fields that the order service refused, by the names they have on the page. */
export function errorsFromOrder(problem: { errors?: FieldError[] } | undefined): FieldError[] {
  const names: Record<string, string> = { shippingMethod: 'shipping', paymentMethod: 'payment' };
  return (problem?.errors ?? []).map(({ field, reason }) => {
    const own = field.replace(/^address\./, '');
    return { field: names[own] ?? own, reason: `This ${reason}` };
  });
}
