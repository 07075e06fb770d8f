import { forward } from '@emall/runtime';
import type { FastifyRequest } from 'fastify';
import type { Deps, Pages } from '../../shared/deps.ts';
import { expectData, sendShared, shopOf } from '../../shared/reply.ts';
import type { Product, ProductItem } from '../../shared/shapes.ts';
import { ProductPage } from './view.tsx';

const RELATED = 4;

export const productPages: Pages = async (app, deps) => {
  app.get<{ Params: { slug: string } }>('/p/:slug', async (request, reply) => {
    const { slug } = request.params;
    const [departments, answer] = await Promise.all([
      deps.departments.known(),
      deps.catalog.GET('/api/catalog/products/{slug}', { params: { path: { slug } }, headers: forward(request) }),
    ]);
    const product = expectData(answer);
    const related = await relatedTo(product, deps, request);
    return sendShared(reply, ProductPage({ shop: shopOf(deps, departments), product, related, now: new Date() }));
  });
};

/** Neighbours on the shelf. The page is whole without them, so a fault here costs nothing but the row. */
async function relatedTo({ slug, category }: Product, { catalog }: Deps, request: FastifyRequest): Promise<ProductItem[]> {
  if (!category) return [];
  const query = { category: category.slug, sort: 'featured' as const, in_stock: true, limit: RELATED + 1 };
  const answer = await catalog.GET('/api/catalog/products', { params: { query }, headers: forward(request) }).catch(() => undefined);
  return (answer?.data?.items ?? []).filter((item) => item.slug !== slug).slice(0, RELATED);
}
