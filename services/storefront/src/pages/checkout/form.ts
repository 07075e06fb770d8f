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
  /** Which lines the page showed, so that a changed cart can be told from a changed price. */
  shownCart: string | undefined;
  errors: FieldError[];
}

const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@.,;:<>"]+(\.[^\s@.,;:<>"]+)+$/;
const POSTCODE = /^[A-Za-z0-9][A-Za-z0-9 -]{1,11}$/;
const KEY = /^[\x21-\x7e]{8,255}$/;

/** What the fields are called, beside them and in the list of those that need another look. */
export const LABELS = {
  email: 'E-mail',
  name: 'Full name',
  line1: 'Street and number',
  line2: 'Flat, floor, company',
  city: 'Town or city',
  postcode: 'Postcode',
  country: 'Country',
  shipping: 'Delivery',
  payment: 'Payment',
} as const satisfies Record<keyof CheckoutValues, string>;

const PLAIN = 'Use one line of plain text';
/** What is expected in a field that holds something else. */
const EXPECTED: Record<keyof CheckoutValues, string> = {
  email: 'Enter an e-mail address such as name@example.com',
  name: PLAIN,
  line1: PLAIN,
  line2: PLAIN,
  city: PLAIN,
  postcode: 'Enter a postcode, for example SW1Y 4JH',
  country: 'Choose a country from the list',
  shipping: 'Choose how it should be delivered',
  payment: 'Choose how to pay',
};

interface Rule {
  field: keyof CheckoutValues;
  longest: number;
  missing?: string;
  fits?: (value: string) => boolean;
}

const RULES: Rule[] = [
  { field: 'email', longest: 254, missing: 'Enter your e-mail address', fits: (value) => EMAIL.test(value) },
  { field: 'name', longest: 100, missing: 'Enter the name of whoever receives the parcel' },
  { field: 'line1', longest: 120, missing: 'Enter the street and number' },
  { field: 'line2', longest: 120 },
  { field: 'city', longest: 80, missing: 'Enter the town or city' },
  { field: 'postcode', longest: 12, missing: 'Enter the postcode', fits: (value) => POSTCODE.test(value) },
  { field: 'country', longest: 2, missing: 'Choose a country', fits: isCountry },
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
  if (!shipping) errors.push({ field: 'shipping', reason: EXPECTED.shipping });
  if (!payment) errors.push({ field: 'payment', reason: EXPECTED.payment });
  const key = form['key'] ?? '';
  return { values, shownTotal: amountOf(form[`total-${values.shipping}`]), key: KEY.test(key) ? key : newKey(), shownCart: form['cart']?.slice(0, 100), errors };
}

function errorOf({ field, longest, missing, fits = () => true }: Rule, value: string): FieldError[] {
  if (value === '') return missing === undefined ? [] : [{ field, reason: missing }];
  if (value.length > longest) return [{ field, reason: `Use at most ${longest} characters` }];
  if (/\p{Cc}/u.test(value)) return [{ field, reason: PLAIN }];
  return fits(value) ? [] : [{ field, reason: EXPECTED[field] }];
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

/** Fields that the order service refused, by the names they have on the page; what it says of them is for programs. */
export function errorsFromOrder(errors: readonly { field: string }[] = []): FieldError[] {
  const names: Record<string, string> = { shippingMethod: 'shipping', paymentMethod: 'payment' };
  const fields = new Set(errors.map(({ field }) => names[field] ?? field.replace(/^address\./, '')));
  return Object.entries(EXPECTED).flatMap(([field, reason]) => (fields.has(field) ? [{ field, reason }] : []));
}
