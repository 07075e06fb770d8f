import { Products } from '../../shared/card.tsx';
import { Icon } from '../../shared/icons.tsx';
import type { ProductList } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { Tile } from '../../shared/tile.tsx';
import { ToneFilters } from '../../shared/tone.tsx';
import { Facets } from './facets.tsx';
import { hrefOf, isNarrowed, type ListingQuery, SORT_NAMES, sortLabel, widened } from './query.ts';

interface ListingProps {
  shop: Shop;
  path: string;
  query: ListingQuery;
  list: ProductList;
}

/** In sight before anybody scrolls. */
const FIRST_ROW = 4;

/** One form asks for order and facets; with the script it sends itself and only this part of the page is renewed. */
export function Listing({ shop, path, query, list }: ListingProps) {
  const empty = list.items.length === 0;
  const canNarrow = !empty || isNarrowed(query);
  return (
    <div class={['listing', !canNarrow && 'listing-plain']} id="listing">
      <form
        class="listing-form"
        id="filters"
        method="get"
        action={path}
        hx-get={path}
        hx-trigger="change, submit"
        hx-target="#listing"
        hx-select="#listing"
        hx-swap="outerMorph"
        hx-push-url="true"
        hx-sync="this:replace"
        hx-indicator="#listing"
        data-tidy
      >
        {query.q !== '' && <input type="hidden" name="q" value={query.q} />}
        {canNarrow && <Facets path={path} query={query} list={list} currency={shop.currency} />}
        <div class="listing-bar">
          <p class="listing-count" id="listing-count" role="status">
            <span safe>{countText(list)}</span>
            {isWrong(query) && <span class="listing-wrong">The price filter could not be used</span>}
          </p>
          {!empty && <SortField query={query} />}
        </div>
      </form>
      <section class="listing-results" aria-labelledby="products-title">
        <ToneFilters colours={query.chosen.colour} />
        <h2 class="visually-hidden" id="products-title">
          Products
        </h2>
        {empty ? <NothingFound shop={shop} path={path} query={query} /> : <Products assets={shop.assets} items={list.items} id="products" eager={FIRST_ROW} />}
        <More path={path} query={query} next={list.nextCursor} />
      </section>
    </div>
  );
}

function isWrong({ wrong }: ListingQuery): boolean {
  return (wrong.min ?? wrong.max) !== undefined;
}

/** The catalogue counts on the first page only. */
function countText({ total, totalIsExact }: ProductList): string {
  if (total === undefined) return 'More products';
  const number = new Intl.NumberFormat('en-GB').format(total);
  if (totalIsExact === false) return `${number}+ products`;
  return total === 1 ? '1 product' : `${number} products`;
}

function SortField({ query }: { query: ListingQuery }) {
  const chosen = query.sort ?? 'featured';
  return (
    <div class="sort">
      <label class="sort-label" for="sort">
        Sort by
      </label>
      <span class="select">
        <select id="sort" name="sort">
          {SORT_NAMES.map((sort) => (
            <option value={sort} selected={sort === chosen} safe>
              {sortLabel(sort, query.q)}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </span>
      <noscript>
        <button class="button button-quiet button-small" type="submit">
          Sort
        </button>
      </noscript>
    </div>
  );
}

function More({ path, query, next }: { path: string; query: ListingQuery; next: string | null }) {
  if (!next) {
    return (
      <p class="more" id="more">
        {query.cursor !== undefined && <a href={hrefOf(path, query)}>Back to the first page</a>}
      </p>
    );
  }
  const href = hrefOf(path, query, { cursor: next });
  return (
    <p class="more" id="more">
      <a
        class="button button-quiet"
        href={href}
        hx-get={href}
        hx-target="#more"
        hx-select="#more"
        hx-swap="outerHTML"
        hx-select-oob="#products:beforeend"
        data-more
      >
        Show more
      </a>
    </p>
  );
}

function NothingFound({ shop, path, query }: { shop: Shop; path: string; query: ListingQuery }) {
  return (
    <div class="nothing">
      <Tile assets={shop.assets} name="?" picture="1f50d" tint={45} size={112} class="alcove alcove-small" />
      <h3 class="nothing-title">Nothing here matches that</h3>
      {isNarrowed(query) ? (
        <p>
          Fewer filters find more. <a href={hrefOf(path, widened(query))}>Clear all filters</a>
        </p>
      ) : (
        <p>Try another word for it, or fewer words. A department may hold what you are looking for:</p>
      )}
      <ul class="nothing-departments" role="list">
        {shop.departments.map(({ slug, name }) => (
          <li>
            <a class="chip" href={`/c/${slug}`} safe>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
