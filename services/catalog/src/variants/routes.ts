import { type App, problemResponses, requireCaller } from '@emall/runtime';
import type { Checkout } from '../database.ts';
import { findVariants, findVariantsWithLapsed, PLENTY, type VariantRow } from './queries.ts';
import { pricesBody, pricesResponse, variantsQuery, variantsResponse } from './schema.ts';

/** What carts and checkouts ask for: live, never from a cache. */
export async function variantRoutes(app: App, { checkoutDb }: { checkoutDb: Checkout }): Promise<void> {
  app.get(
    '/api/catalog/variants',
    {
      config: { statements: 1 },
      schema: {
        operationId: 'getVariants',
        tags: ['catalog'],
        description: 'Live name, picture, price and stock by SKU. SKUs that are not sold are missing.',
        querystring: variantsQuery,
        response: { 200: variantsResponse, ...problemResponses(400, 503) },
      },
    },
    async ({ query }, reply) => {
      const rows = await findVariants(checkoutDb, query.sku);
      reply.header('cache-control', 'no-store');
      return { items: inOrder(query.sku, rows).map(toVariant) };
    },
  );

  app.post(
    '/internal/prices',
    {
      preHandler: requireCaller('order'),
      config: { statements: 1 },
      schema: {
        operationId: 'priceLines',
        tags: ['internal'],
        description: 'What the lines of an order cost now.',
        body: pricesBody,
        response: { 200: pricesResponse, ...problemResponses(400, 401, 403, 503) },
      },
    },
    async ({ body: { lines } }) => {
      const skus = lines.map(({ sku }) => sku);
      let found = bySku(await findVariants(checkoutDb, skus));
      const isShort = lines.some(({ sku, quantity }) => (found.get(sku)?.available ?? quantity) < Math.min(quantity, PLENTY));
      // A checkout is refused for good by what it reads here: as in `reserve`, units that nobody waits for are not sold out.
      if (isShort) found = bySku(await findVariantsWithLapsed(checkoutDb, skus));
      return {
        lines: lines.flatMap(({ sku, quantity }) => {
          const row = found.get(sku);
          return row ? [{ ...toVariant(row), quantity }] : [];
        }),
        unknown: skus.filter((sku) => !found.has(sku)),
      };
    },
  );
}

function toVariant({ price, currency, ...row }: VariantRow) {
  return { ...row, price: { amount: price, currency } };
}

const bySku = (rows: readonly VariantRow[]) => new Map(rows.map((row) => [row.sku, row]));

function inOrder(skus: readonly string[], rows: readonly VariantRow[]): VariantRow[] {
  const found = bySku(rows);
  return [...new Set(skus)].flatMap((sku) => found.get(sku) ?? []);
}
