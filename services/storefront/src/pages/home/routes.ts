import { forward } from '@emall/runtime';
import { expectData, sendShared, shopOf } from '../../shared/reply.ts';
import type { Pages } from '../../shared/deps.ts';
import type { ProductItem } from '../../shared/shapes.ts';
import { HomePage } from './view.tsx';

/** Best sellers fill the window and two rows, new arrivals one row. */
const BEST = 11;
const NEW = 4;
/** A delivery often fills one shelf: the row shows what is new of several. */
const NEW_ASKED = 24;

export const homePages: Pages = async (app, deps) => {
  app.get('/', async (request, reply) => {
    const headers = forward(request);
    const [departments, best, recent] = await Promise.all([
      deps.departments.known(),
      deps.catalog.GET('/api/catalog/products', { params: { query: { sort: 'featured', in_stock: true, limit: BEST } }, headers }),
      deps.catalog.GET('/api/catalog/products', { params: { query: { sort: 'newest', in_stock: true, limit: NEW_ASKED } }, headers }),
    ]);
    const shop = shopOf(deps, departments);
    return sendShared(reply, HomePage({ shop, best: expectData(best).items, recent: oneOfEach(expectData(recent).items).slice(0, NEW) }));
  });
};

/** First one product of each category, then the rest. */
function oneOfEach(items: ProductItem[]): ProductItem[] {
  const first = items.filter(({ category }, index) => items.findIndex((each) => each.category === category) === index);
  return [...first, ...items.filter((item) => !first.includes(item))];
}
