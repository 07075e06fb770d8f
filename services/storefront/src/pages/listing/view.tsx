import { Breadcrumb } from '../../shared/breadcrumb.tsx';
import { Layout } from '../../shared/layout.tsx';
import type { Category, ProductList } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { summaryOf } from '../../shared/summary.ts';
import { Listing } from './listing.tsx';
import { hrefOf, type ListingQuery, SORTS } from './query.ts';

interface CategoryProps {
  shop: Shop;
  query: ListingQuery;
  list: ProductList;
  trail: [Category, ...Category[]];
}

export function CategoryPage({ shop, query, list, trail }: CategoryProps) {
  const category = trail.at(-1) ?? trail[0];
  const path = `/c/${category.slug}`;
  return (
    <Layout
      shop={shop}
      title={category.name}
      description={summaryOf(category.description) || `${category.name} at E-Mall: clear prices with VAT included, and thirty days to change your mind.`}
      canonical={path}
      department={trail[0].slug}
    >
      <div class="wrap">
        <Breadcrumb trail={trail.slice(0, -1)} here={category.name} />
        <h1 class="listing-title" safe>
          {category.name}
        </h1>
        {category.description !== '' && (
          <p class="listing-intro" safe>
            {category.description}
          </p>
        )}
        {category.children.length > 0 && <Within categories={category.children} />}
        <Listing shop={shop} path={path} query={query} list={list} />
      </div>
    </Layout>
  );
}

function Within({ categories }: { categories: Category[] }) {
  return (
    <nav class="within" aria-label="Within this department">
      <ul role="list">
        {categories.map(({ slug, name }) => (
          <li>
            <a class="chip" href={`/c/${slug}`} safe>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface SearchProps {
  shop: Shop;
  query: ListingQuery;
  list: ProductList;
}

export function SearchPage({ shop, query, list }: SearchProps) {
  const title = query.q ? `Results for “${query.q}”` : query.sort ? SORTS[query.sort] : 'Everything';
  // A page of results is for people; search engines find the goods by their categories.
  return (
    <Layout shop={shop} title={title} search={query.q} {...(query.q === '' && { canonical: hrefOf('/search', query) })}>
      <div class="wrap">
        <Breadcrumb trail={[]} here={query.q ? 'Search' : title} />
        <h1 class="listing-title" safe>
          {title}
        </h1>
        {list.corrected !== undefined && (
          <p class="corrected">
            Understood as <b safe>{list.corrected}</b>.
          </p>
        )}
        <Listing shop={shop} path="/search" query={query} list={list} />
      </div>
    </Layout>
  );
}
