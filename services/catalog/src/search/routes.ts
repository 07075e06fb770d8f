import { type App, problemResponses } from '@emall/runtime';
import { sendCacheable } from '../cacheable.ts';
import type { BrowseDeps } from '../products/routes.ts';
import { suggestionsQuery, suggestionsResponse } from './schema.ts';
import { suggest } from './suggest.ts';
import { wordsOf } from './words.ts';

const SUGGESTIONS_MS = 300_000;

export async function searchRoutes(app: App, { db, cache, categories }: BrowseDeps): Promise<void> {
  app.get(
    '/api/catalog/suggestions',
    {
      config: { statements: 2 },
      schema: {
        operationId: 'suggest',
        tags: ['catalog'],
        description: 'Products, words and categories for what has been typed so far.',
        querystring: suggestionsQuery,
        response: { 200: suggestionsResponse, ...problemResponses(400, 503) },
      },
    },
    async (request, reply) => {
      const { q } = request.query;
      const tree = await categories.read();
      const key = `suggest:${tree.version}:${wordsOf(q).join(' ')}`;
      return sendCacheable(request, reply, { cache, key, tags: ['products'], ttlMs: SUGGESTIONS_MS, load: () => suggest(db, tree, q) });
    },
  );
}
