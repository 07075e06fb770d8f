import { type createClient, forward, IDENTITY_HEADER, unavailable } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';
import type { paths } from './clients/catalog.gen.ts';

export type Catalog = ReturnType<typeof createClient<paths>>;
export type Variant = paths['/api/catalog/variants']['get']['responses'][200]['content']['application/json']['items'][number];

const MOST_AT_ONCE = 100;

/** What catalog says of these SKUs now; those it does not know are missing. Public data, so nobody's identity goes along. */
export async function fetchVariants(catalog: Catalog, request: FastifyRequest, skus: readonly string[]): Promise<Map<string, Variant>> {
  const { [IDENTITY_HEADER]: _identity, ...headers } = forward(request);
  const chunks = Array.from({ length: Math.ceil(skus.length / MOST_AT_ONCE) }, (_, i) => skus.slice(i * MOST_AT_ONCE, (i + 1) * MOST_AT_ONCE));
  const answers = await Promise.all(
    chunks.map(async (sku) => {
      const { data, response } = await catalog.GET('/api/catalog/variants', { params: { query: { sku } }, headers });
      // Any other answer than the list would make every line look removed.
      if (!data) throw unavailable({ cause: new Error(`catalog answered ${response.status} for ${sku.length} variants`) });
      return data.items;
    }),
  );
  return new Map(answers.flat().map((variant) => [variant.sku, variant]));
}
