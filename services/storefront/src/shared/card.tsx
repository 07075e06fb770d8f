import type { Assets } from './assets.ts';
import { Price } from './price.tsx';
import type { ProductItem } from './shapes.ts';
import { Tile } from './tile.tsx';

interface CardProps {
  assets: Assets;
  product: ProductItem;
  /** For the first row, which is in sight before anything scrolls. */
  eager?: boolean;
}

export function Card({ assets, product, eager = false }: CardProps) {
  const { slug, name, picture, tint, price, priceVaries, was, available, variants } = product;
  const reduced = was !== null && was.amount > price.amount;
  return (
    <li class="card">
      <article class="card-body">
        <Tile assets={assets} name={name} picture={picture?.name} tint={tint} recolour={picture?.recolour} eager={eager} class={available ? '' : 'tile-sold-out'}>
          {!available ? <span class="badge">Sold out</span> : reduced && <span class="badge badge-accent">Reduced</span>}
        </Tile>
        <h3 class="card-name">
          <a class="card-link" href={`/p/${slug}`} safe>
            {name}
          </a>
        </h3>
        <p class="card-price">
          <Price price={price} was={was} from={priceVaries} />
        </p>
        {variants > 1 && <p class="card-note">{variants} choices</p>}
      </article>
    </li>
  );
}

/** A grid of products; the first row is loaded at once. Where they were filtered by colour, `ToneFilters` must stand in the page. */
export function Products({ assets, items, id, eager = 0 }: { assets: Assets; items: ProductItem[]; id?: string; eager?: number }) {
  return (
    <ul class="products" id={id} role="list">
      {items.map((product, index) => (
        <Card assets={assets} product={product} eager={index < eager} />
      ))}
    </ul>
  );
}
