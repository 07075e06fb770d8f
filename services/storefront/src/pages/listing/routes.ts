import { forward, notFound } from '@emall/runtime';
import { trailTo } from '../../shared/categories.ts';
import type { Pages } from '../../shared/deps.ts';
import { expectData, sendShared, shopOf } from '../../shared/reply.ts';
import { apiQuery, readListingQuery } from './query.ts';
import { SuggestionList } from './suggestions.tsx';
import { CategoryPage, SearchPage } from './view.tsx';

export const listingPages: Pages = async (app, deps) => {
  const { catalog, departments } = deps;

  app.get<{ Params: { slug: string } }>('/c/:slug', async (request, reply) => {
    const { slug } = request.params;
    const query = readListingQuery(request.query);
    const [tree, list] = await Promise.all([
      departments.known(),
      catalog.GET('/api/catalog/products', { params: { query: apiQuery({ ...query, q: '' }, slug) }, headers: forward(request) }),
    ]);
    const trail = trailTo(slug, tree);
    if (!trail) throw notFound();
    return sendShared(reply, CategoryPage({ shop: shopOf(deps, tree), query: { ...query, q: '' }, list: expectData(list), trail }));
  });

  app.get('/search', async (request, reply) => {
    const query = readListingQuery(request.query);
    const [tree, list] = await Promise.all([
      departments.known(),
      catalog.GET('/api/catalog/products', { params: { query: apiQuery(query) }, headers: forward(request) }),
    ]);
    return sendShared(reply, SearchPage({ shop: shopOf(deps, tree), query, list: expectData(list) }));
  });

  app.get('/search/suggestions', async (request, reply) => {
    const { q } = readListingQuery(request.query);
    if (q.length < 2) return sendShared(reply, '');
    const answer = await catalog.GET('/api/catalog/suggestions', { params: { query: { q } }, headers: forward(request) });
    return sendShared(reply, SuggestionList({ assets: deps.assets, q, suggestions: expectData(answer) }));
  });
};
