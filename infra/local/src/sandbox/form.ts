export type Form = { [name: string]: string | Form };

const MAX_FIELDS = 1000;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads `a[b][0][c]=d` as nested objects, the way Stripe's API is spoken. Lists are objects with the keys 0, 1, 2, …
 * @throws FormError when it cannot be read so
 */
export function parseForm(text: string): Form {
  const form: Form = Object.create(null);
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > MAX_FIELDS) throw new FormError('too many fields');
  for (const [name, value] of pairs) put(form, pathOf(name), value);
  return form;
}

export class FormError extends Error {
  readonly statusCode = 400;
}

function pathOf(name: string): string[] {
  const [, first, rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? [];
  if (first === undefined) throw new FormError(`${name} is not a field name`);
  const path = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, part]) => part ?? '')];
  if (path.length > 8 || path.some((part) => FORBIDDEN.has(part))) throw new FormError(`${name} is not a field name`);
  return path;
}

function put(form: Form, path: string[], value: string): void {
  let at = form;
  for (const part of path.slice(0, -1)) {
    const next = (at[key(at, part)] ??= Object.create(null) as Form);
    if (typeof next === 'string') throw new FormError(`${part} is given twice`);
    at = next;
  }
  const last = key(at, path.at(-1) ?? '');
  if (at[last] !== undefined) throw new FormError(`${last} is given twice`);
  at[last] = value;
}

/** `expand[]=x` appends. */
function key(at: Form, part: string): string {
  return part === '' ? String(Object.keys(at).length) : part;
}

/** The values of a list in the order of their keys. */
export function listOf<T>(list: Record<string, T> | undefined): T[] {
  return Object.entries(list ?? {})
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, value]) => value);
}
