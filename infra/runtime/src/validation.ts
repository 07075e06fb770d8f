import { isUtf8 } from 'node:buffer';
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { invalidRequest } from './problems.ts';

/** Bodies are taken as they are: no coercion, no defaults, nothing dropped; 1e400, which is Infinity, is no integer. */
const strict = newAjv({ allErrors: true, strictNumbers: true });
/** Queries, paths and settings are text: numbers and lists are read from it, what is unknown is left alone. */
export const fromText = newAjv({ coerceTypes: 'array', useDefaults: true, allErrors: true });

function newAjv(options: object): Ajv {
  const ajv = new Ajv({ strict: false, ...options });
  // ajv-formats is CommonJS whose types promise a default export that Node does not give.
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv;
}

export const validatorCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? strict : fromText).compile(schema);

/** Makes every object in a body schema refuse members it does not name, so that the contract says so too. */
export function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (schema === null || typeof schema !== 'object') return schema;
  // Each part of an intersection would refuse the members of the others.
  if ('allOf' in schema) throw new TypeError('a body is one object: spread the properties instead of Type.Intersect');
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  if (copy['type'] === 'object' && copy['additionalProperties'] === undefined) copy['additionalProperties'] = false;
  return copy as T;
}

/** Which field is wrong and why, one line each. */
export function fieldErrors(errors: readonly ErrorObject[], part: string): { field: string; reason: string }[] {
  return errors
    .filter((error) => error.keyword !== 'if')
    .slice(0, 50)
    .map(({ keyword, params, instancePath, message }) => {
      const path = instancePath.slice(1).replaceAll('/', '.');
      const member = params['additionalProperty'] ?? params['missingProperty'];
      const field = member === undefined ? path || part : path ? `${path}.${member}` : String(member);
      return { field, reason: REASONS[keyword]?.(params) ?? message ?? 'is not valid' };
    });
}

const REASONS: Record<string, (params: Record<string, unknown>) => string> = {
  additionalProperties: () => 'is not known here',
  required: () => 'is missing',
  dependencies: ({ property }) => `is needed with ${property}`,
  // The pattern itself stands in the contract; a shopper must not be shown one.
  pattern: () => 'is not in the expected form',
  enum: ({ allowedValues }) => `must be one of ${(allowedValues as unknown[]).join(', ')}`,
};

const INVALID_QUERY = Symbol('invalid query');

/**
 * A query string as text by name, lists where a name is repeated. Text that is not UTF-8, holds NUL or has more than
 * 100 parameters is noted rather than thrown: at this point in Fastify an error would end the process.
 */
export function parseQuery(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  const pairs = text === '' ? [] : text.split('&', 102);
  if (pairs.length > 100) return markInvalid(query);
  for (const pair of pairs) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = decode(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? '' : decode(pair.slice(cut + 1));
    if (name === undefined || value === undefined) return markInvalid(query);
    const before = query[name];
    query[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return query;
}

function decode(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text.replaceAll('+', ' '));
    return plain.includes('\0') ? undefined : plain;
  } catch {
    return undefined;
  }
}

function markInvalid(query: object): Record<string, string | string[]> {
  return Object.defineProperty(query, INVALID_QUERY, { value: true }) as Record<string, string | string[]>;
}

/** Refuses what no handler should see: a query that `parseQuery` could not read, NUL in a path. */
export function refuseUnreadable(request: FastifyRequest): void {
  if ((request.query as object | undefined) && INVALID_QUERY in (request.query as object)) {
    throw invalidRequest({ detail: 'The query is not valid UTF-8, holds a NUL, or has more than 100 parameters.' });
  }
  if (/%00/.test(request.url)) throw invalidRequest({ detail: 'The address holds a NUL.' });
}

/** JSON bodies only, as UTF-8 only, without `__proto__`, without a member twice and without NUL (which Postgres cannot store). */
export function acceptJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    if (!isUtf8(bytes)) return done(invalidRequest({ detail: 'The body is not valid UTF-8.' }), undefined);
    const text = bytes.toString('utf8');
    if (/\0|\\u0000/.test(text)) return done(invalidRequest({ detail: 'The body holds a NUL.' }), undefined);
    if (tooDeep(text)) return done(invalidRequest({ detail: 'The body is nested too deeply.' }), undefined);
    parse(request, text, (error, value) => {
      if (error) return done(invalidRequest({ detail: 'The body is not valid JSON.', cause: error }), undefined);
      const twice = memberTwice(text);
      return done(twice === undefined ? null : invalidRequest({ detail: `The body has the member ${JSON.stringify(twice)} twice.` }), value);
    });
  });
}

/** JSON.parse handles 200,000 levels only by luck; nothing of ours needs 32. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    if (char === 0x22) {
      for (i += 1; i < text.length && text.charCodeAt(i) !== 0x22; i += 1) if (text.charCodeAt(i) === 0x5c) i += 1;
    } else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > 32) return true;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return false;
}

/** JSON.parse takes the last, others take the first (RFC 8259, 4): whoever looked at the body before us may have seen another one. @param text valid JSON */
function memberTwice(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}
