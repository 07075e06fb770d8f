import type { Assets } from '../../shared/assets.ts';
import type { Product } from '../../shared/shapes.ts';
import { colourOf, Tile } from '../../shared/tile.tsx';
import { ToneFilters } from '../../shared/tone.tsx';
import type { Choices } from './choices.ts';

interface GalleryProps {
  assets: Assets;
  product: Product;
  choices: Choices;
}

/** The object in its alcove; where colours can be chosen there is one for each, and CSS shows the chosen one. */
export function Gallery({ assets, product, choices }: GalleryProps) {
  const [main, ...others] = product.pictures;
  const coloured = choices.name?.toLowerCase().startsWith('colour') && choices.choices.length > 1;
  const picture = (colour?: string, eager = true) => (
    <Tile
      assets={assets}
      name={product.name}
      picture={main?.name}
      alt={colour === undefined ? (main?.alt ?? product.name) : `${main?.alt ?? product.name}, ${colour.toLowerCase()}`}
      tint={product.tint}
      colour={colour}
      class="alcove gallery-main"
      eager={eager}
    />
  );
  return (
    <div class="gallery">
      <ToneFilters colours={product.variants.map(({ options }) => colourOf(options))} />
      {coloured
        ? choices.choices.map(({ index, variants }) => <div class={`when when-${index}`}>{picture(colourOf(variants[0]?.options), index === 1)}</div>)
        : picture()}
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
