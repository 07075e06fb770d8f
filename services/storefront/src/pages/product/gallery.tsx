import type { Assets } from '../../shared/assets.ts';
import type { Product, Variant } from '../../shared/shapes.ts';
import { colourOf, Tile } from '../../shared/tile.tsx';
import { ToneFilters } from '../../shared/tone.tsx';
import type { Choices } from './choices.ts';

interface GalleryProps {
  assets: Assets;
  product: Product;
  choices: Choices;
}

/** The object in its alcove; where colours can be chosen there is one for each, and CSS shows the chosen one. */
export function Gallery({ assets, product, choices: { choices } }: GalleryProps) {
  const others = product.pictures.slice(1);
  const colours = [...new Set(product.variants.map(({ options }) => colourOf(options)))];
  return (
    <div class="gallery">
      {colours.length < 2 ? (
        <Main assets={assets} product={product} eager />
      ) : (
        <>
          <ToneFilters colours={product.variants.map(({ picture }) => picture?.recolour)} />
          {choices.map(({ index, variants }) => (
            <div class={`when when-${index}`}>
              <Main assets={assets} product={product} variant={variants[0]} eager={index === 1} />
            </div>
          ))}
        </>
      )}
      {others.length > 0 && (
        <ul class="gallery-more" role="list">
          {others.map(({ name, alt }) => (
            <li>
              <Tile assets={assets} name={product.name} picture={name} alt={alt} tint={product.tint} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface MainProps {
  assets: Assets;
  product: Product;
  /** In whose colour it is shown. */
  variant?: Variant | undefined;
  eager: boolean;
}

function Main({ assets, product, variant, eager }: MainProps) {
  const [picture] = product.pictures;
  const colour = colourOf(variant?.options);
  const alt = picture?.alt ?? product.name;
  return (
    <Tile
      assets={assets}
      name={product.name}
      picture={picture?.name}
      alt={colour === undefined ? alt : `${alt}, ${colour.toLowerCase()}`}
      tint={product.tint}
      recolour={variant?.picture?.recolour}
      class="alcove gallery-main"
      eager={eager}
    />
  );
}
