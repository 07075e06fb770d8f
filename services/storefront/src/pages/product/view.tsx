import { Breadcrumb } from '../../shared/breadcrumb.tsx';
import { Products } from '../../shared/card.tsx';
import { Layout } from '../../shared/layout.tsx';
import type { Product, ProductItem } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { summaryOf } from '../../shared/summary.ts';
import { BuyBox } from './buy-box.tsx';
import { choicesOf } from './choices.ts';
import { Gallery } from './gallery.tsx';

interface ProductProps {
  shop: Shop;
  product: Product;
  related: ProductItem[];
  now: Date;
}

export function ProductPage({ shop, product, related, now }: ProductProps) {
  const choices = choicesOf(product.variants);
  return (
    <Layout
      shop={shop}
      title={product.name}
      description={summaryOf(product.description)}
      canonical={`/p/${product.slug}`}
      department={product.trail[0]?.slug}
    >
      <div class="wrap">
        <Breadcrumb trail={product.trail} here={product.name} />
        <div class="product">
          <Gallery assets={shop.assets} product={product} choices={choices} />
          <BuyBox product={product} currency={shop.currency} choices={choices} now={now} />
          <Details product={product} />
        </div>
        {related.length > 0 && (
          <section class="related" aria-labelledby="related-title">
            <div class="section-head">
              <h2 id="related-title">From the same shelf</h2>
            </div>
            <Products assets={shop.assets} items={related} />
          </section>
        )}
      </div>
    </Layout>
  );
}

function Details({ product }: { product: Product }) {
  const { description, details } = product;
  const paragraphs = description.split(/\n+/).filter((text) => text.trim() !== '');
  if (paragraphs.length === 0 && details.length === 0) return '';
  return (
    <div class="product-details">
      {paragraphs.length > 0 && (
        <section aria-labelledby="about-title">
          <h2 id="about-title">About it</h2>
          {paragraphs.map((paragraph) => (
            <p class="product-description" safe>
              {paragraph}
            </p>
          ))}
        </section>
      )}
      {details.length > 0 && (
        <section aria-labelledby="details-title">
          <h2 id="details-title">Details</h2>
          <table class="details-table">
            <tbody>
              {details.map(({ name, value }) => (
                <tr>
                  <th scope="row" safe>
                    {name}
                  </th>
                  <td safe>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}
