import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

interface Parameter {
  in: string;
  name: string;
  schema: { type?: string; maximum?: number };
}

interface Operation {
  operationId?: string;
  parameters?: Parameter[];
  responses: Record<string, { content?: Record<string, unknown> }>;
}

async function publicDocument(): Promise<{ openapi: string; paths: Record<string, Record<string, Operation>> }> {
  return (await import('../../gateway/openapi.json', { with: { type: 'json' } })).default as never;
}

describe('the contract', () => {
  it('is what the code says: documents, consumers\' types and the public document', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'infra/codegen/src/generate.ts'), '--check'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }, 240_000);

  it('names every public operation of the design', async () => {
    const { paths } = await publicDocument();
    const operations = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(operations).toEqual(
      expect.arrayContaining([
        'GET /api/catalog/products',
        'GET /api/catalog/products/{slug}',
        'GET /api/catalog/categories',
        'GET /api/catalog/suggestions',
        'GET /api/cart',
        'POST /api/cart/lines',
        'PUT /api/cart/lines/{sku}',
        'DELETE /api/cart',
        'POST /api/orders/quote',
        'POST /api/orders',
        'GET /api/orders',
        'GET /api/orders/{id}',
        'POST /api/orders/{id}/cancel',
        'POST /api/payments/webhook',
      ]),
    );
    expect(operations.filter((operation) => operation.includes('/internal'))).toEqual([]);
  });

  it('refers to nothing that it does not hold', async () => {
    const document = (await publicDocument()) as unknown as { components: { schemas: Record<string, object> } };
    const references = JSON.stringify(document).match(/#\/components\/schemas\/[^"]+/g) ?? [];
    for (const reference of references) expect(Object.keys(document.components.schemas)).toContain(reference.split('/').at(-1));
    expect(references.length).toBeGreaterThan(0);
  });

  it('bounds every number in a query, so that none is read as infinity', async () => {
    const { paths } = await publicDocument();
    const parameters = Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(({ parameters = [] }) => parameters));
    const numbers = parameters.filter(({ in: where, schema }) => where === 'query' && ['integer', 'number'].includes(schema.type ?? ''));
    expect(numbers.length).toBeGreaterThan(0);
    for (const { name, schema } of numbers) expect([name, typeof schema.maximum]).toEqual([name, 'number']);
  });

  it('gives each operation an id of its own and its problems', async () => {
    const { paths } = await publicDocument();
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { responses } of operations) {
      const problems = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      expect(problems.length).toBeGreaterThan(0);
      for (const [, { content }] of problems) expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
    }
  });
});
