import { recordLog } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { newKey, openShop, orderBody, type Shop } from '../testing/shop.ts';
import { orderRequestSchema, quoteRequestSchema } from './schema.ts';

const CARD = '4242424242424242';
const WRITINGS = [CARD, '4242 4242 4242 4242', '4242-4242-4242-4242', `Flat 3, ${CARD}`];

const { log, lines } = recordLog();
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ jobs: false, log });
});
afterAll(() => shop.close());

interface Schema {
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
}

/** Where a body holds text, as `address.line1`. */
function textFields({ type, enum: values, properties = {} }: Schema, path: string[] = []): string[] {
  if (type === 'string' || values) return [path.join('.')];
  return Object.entries(properties).flatMap(([name, schema]) => textFields(schema, [...path, name]));
}

type Json = Record<string, unknown>;

/** The body with another text in one place. */
function withText(body: Json, path: string, text: string): Json {
  const [name = '', ...rest] = path.split('.');
  return { ...body, [name]: rest.length === 0 ? text : withText((body[name] ?? {}) as Json, rest.join('.'), text) };
}

const holdsIt = (text: string) => text.replace(/\D/g, '').includes(CARD);

/** Every text in the tables of the service and of its queue that says this. */
async function stored(says: (text: string) => boolean): Promise<string[]> {
  const { rows: columns } = await sql<{ schema: string; table: string; column: string; bytes: boolean }>`
    select table_schema as schema, table_name as table, column_name as column, data_type = 'bytea' as bytes from information_schema.columns
    where table_schema in ('orders', 'order_jobs') and data_type in ('text', 'character', 'character varying', 'json', 'jsonb', 'bytea')`.execute(shop.db);
  const found: string[] = [];
  for (const { schema, table, column, bytes } of columns) {
    const text = bytes ? sql`encode(${sql.ref(column)}, 'escape')` : sql`${sql.ref(column)}::text`;
    const { rows } = await sql<{ text: string | null }>`select ${text} as text from ${sql.table(`${schema}.${table}`)}`.execute(shop.db);
    found.push(...rows.filter(({ text }) => says(text ?? '')).map(() => `${schema}.${table}.${column}`));
  }
  return [...new Set(found)];
}

describe.each([
  ['/api/orders', orderRequestSchema, orderBody()],
  ['/api/orders/quote', quoteRequestSchema, { address: orderBody().address, shippingMethod: 'standard' }],
])('a card number in a text of POST %s', (url, schema, body) => {
  it('is refused and not repeated, and leaves no trace in tables and logs', async () => {
    const fields = textFields(schema);
    expect(fields).toEqual(expect.arrayContaining(['address.name', 'address.line1', 'address.line2', 'address.city', 'address.postcode']));
    for (const field of fields) {
      for (const writing of WRITINGS) {
        const { headers } = shop.shopper();
        const text = field === 'email' ? `${writing}@example.com` : writing;
        const answer = await shop.app.inject({ method: 'POST', url, headers: { ...headers, 'idempotency-key': newKey() }, body: withText(body, field, text) });
        expect([field, writing, answer.statusCode, holdsIt(answer.body)]).toEqual([field, writing, 400, false]);
      }
    }
    expect(await stored(holdsIt)).toEqual([]);
    expect(lines.filter(holdsIt)).toEqual([]);
  });
});

describe('what is looked through for card numbers', () => {
  it('holds what is kept and logged of an order', async () => {
    const { headers } = shop.shopper();
    const { id } = (await shop.place(headers, newKey())).json();
    const saysId = (text: string) => text.includes(id);
    expect(await stored((text) => text.includes('Ada Lovelace'))).toContain('orders.order.address');
    expect(await stored(saysId)).toEqual(expect.arrayContaining(['orders.idempotency_key.body', 'order_jobs._private_jobs.payload']));
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({ method: 'POST', route: '/api/orders', status: 201 }));
  });
});
