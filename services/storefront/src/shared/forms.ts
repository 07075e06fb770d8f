import { invalidRequest } from '@emall/runtime';

/** What a browser sent as a form: one text for each field, the last one where a name is repeated. */
export type FormBody = Record<string, string>;

/** Text that no field of ours takes: control characters besides line breaks and tabs, and what was not UTF-8. */
// eslint-disable-next-line no-control-regex
const UNREADABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\uFFFD]/;

export function parseForm(text: string): FormBody {
  const form: FormBody = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (UNREADABLE.test(value) || UNREADABLE.test(name)) throw invalidRequest({ detail: 'A field holds characters that cannot be read.' });
    form[name] = value.trim();
  }
  return form;
}

/** The form of a request; a JSON body, or none, has no fields. */
export function formOf(body: unknown): FormBody {
  return typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === null ? (body as FormBody) : Object.create(null);
}

/** A field that is not as it should be, in words for the shopper. */
export interface FieldError {
  field: string;
  reason: string;
}

/** Fields of a cart line; nothing else of the form is read. */
export type LineForm = { sku: string; quantity: number } | { errors: FieldError[] };

const SKU = /^[A-Za-z0-9._-]{1,40}$/;
const MOST = 99;

/** `sku` itself, or the one of the chosen colour: `choice=2` and `sku-2=…`. `least` is 0 where a line may be removed; `change` is one more or fewer. */
export function readLine(form: FormBody, { sku, least }: { sku?: string; least: 0 | 1 }): LineForm {
  const chosen = sku ?? form['sku'] ?? form[`sku-${form['choice'] ?? ''}`] ?? '';
  const quantityText = form['quantity'] ?? '1';
  const change = /^[-+]?1$/.test(form['change'] ?? '') ? Number(form['change']) : 0;
  const quantity = /^\d{1,3}$/.test(quantityText) ? Number(quantityText) + change : Number.NaN;
  const errors: FieldError[] = [];
  if (!SKU.test(chosen)) errors.push({ field: 'sku', reason: 'Choose which one you would like.' });
  if (!(quantity >= least && quantity <= MOST)) errors.push({ field: 'quantity', reason: `The quantity must be a whole number from ${least} to ${MOST}.` });
  return errors.length > 0 ? { errors } : { sku: chosen, quantity };
}
