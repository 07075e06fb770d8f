import { Products } from '../../shared/card.tsx';
import { FREE_FROM, HOW_LONG, SHIPPING } from '../../shared/delivery.ts';
import { Icon } from '../../shared/icons.tsx';
import { Layout } from '../../shared/layout.tsx';
import { formatRound } from '../../shared/money.ts';
import { Price } from '../../shared/price.tsx';
import type { ProductItem } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { Tile } from '../../shared/tile.tsx';

interface HomeProps {
  shop: Shop;
  best: ProductItem[];
  recent: ProductItem[];
}

const IN_THE_WINDOW = 3;

export function HomePage({ shop, best, recent }: HomeProps) {
  return (
    <Layout
      shop={shop}
      title="E-Mall, a calm department store"
      description="Good things for home, table, desk and garden. Clear prices with VAT included, and thirty days to change your mind."
      canonical="/"
    >
      <Hero shop={shop} products={best.slice(0, IN_THE_WINDOW)} />
      <div class="stack home wrap">
        <DepartmentGrid shop={shop} />
        <Shelf shop={shop} id="best-sellers" title="What people buy most" more="/search?sort=featured" products={best.slice(IN_THE_WINDOW)} />
        <WhyHere currency={shop.currency} />
        <Shelf shop={shop} id="new" title="New on the shelves" more="/search?sort=newest" products={recent} />
      </div>
    </Layout>
  );
}

function Hero({ shop, products }: { shop: Shop; products: ProductItem[] }) {
  return (
    <section class="hero wrap" aria-labelledby="hero-title">
      <div class="hero-words">
        <h1 class="hero-title" id="hero-title">
          Good things, plainly sold.
        </h1>
        <p class="hero-text">
          One calm arcade for the home, the table, the desk and the garden. The price you see is the price you pay, VAT included.
        </p>
        <p class="hero-actions">
          <a class="button" href="#best-sellers">
            See what people buy
          </a>
          <a class="button button-quiet" href="/search?sort=newest">
            What is new
          </a>
        </p>
      </div>
      {products.length > 0 && (
        <ul class="window" role="list" aria-label="In the window">
          {products.map((product) => (
            <li class="window-bay">
              <Tile assets={shop.assets} name={product.name} picture={product.picture?.name} tint={product.tint} class="alcove" eager />
              <a class="card-link window-name" href={`/p/${product.slug}`} safe>
                {product.name}
              </a>
              <Price price={product.price} was={product.was} from={product.priceVaries} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function DepartmentGrid({ shop }: { shop: Shop }) {
  return (
    <section aria-labelledby="departments-title">
      <div class="section-head">
        <h2 id="departments-title">Departments</h2>
      </div>
      <ul class="department-grid" role="list">
        {shop.departments.map(({ slug, name, tint, picture }) => (
          <li class="department">
            <Tile assets={shop.assets} name={name} picture={picture?.name} tint={tint} size={112} class="department-tile">
              <a class="department-name card-link" href={`/c/${slug}`} safe>
                {name}
              </a>
            </Tile>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ShelfProps {
  shop: Shop;
  id: string;
  title: string;
  more: string;
  products: ProductItem[];
}

function Shelf({ shop, id, title, more, products }: ShelfProps) {
  if (products.length === 0) return '';
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`} safe>
          {title}
        </h2>
        <a class="more-link" href={more}>
          See all{' '}
          <span class="visually-hidden" safe>
            {`of ${title}`}
          </span>
          <Icon name="next" />
        </a>
      </div>
      <Products assets={shop.assets} items={products} />
    </section>
  );
}

function WhyHere({ currency }: { currency: string }) {
  const price = (amount: number) => formatRound({ amount, currency });
  const { standard, express } = SHIPPING;
  return (
    <section class="why" aria-labelledby="why-title">
      <h2 id="why-title">Why buy here</h2>
      <ul class="why-list" role="list">
        <li>
          <Icon name="truck" />
          <h3>Delivery you can plan for</h3>
          <p safe>{`In ${HOW_LONG.standard} for ${price(standard.price)}, free from ${price(FREE_FROM)}. In a hurry? For ${price(express.price)}, ${HOW_LONG.express}.`}</p>
        </li>
        <li>
          <Icon name="back" />
          <h3>Thirty days to decide</h3>
          <p>Not what you hoped for? Send it back within thirty days and get every penny of its price.</p>
        </li>
        <li>
          <Icon name="lock" />
          <h3>Pay the way you trust</h3>
          <p>By card on our payment provider’s own page, or in cash at your door. Card numbers never pass through us.</p>
        </li>
      </ul>
    </section>
  );
}
