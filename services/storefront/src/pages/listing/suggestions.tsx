import type { Assets } from '../../shared/assets.ts';
import { Icon } from '../../shared/icons.tsx';
import { formatMoney } from '../../shared/money.ts';
import type { Suggestions } from '../../shared/shapes.ts';
import { Tile } from '../../shared/tile.tsx';

interface SuggestionProps {
  assets: Assets;
  q: string;
  suggestions: Suggestions;
}

const MOST_WORDS = 3;
const MOST_PRODUCTS = 4;
const MOST_CATEGORIES = 2;

/** Options of the search field's list box; the script moves among them, a click simply follows the link. */
export function SuggestionList({ assets, q, suggestions: { words, items, categories } }: SuggestionProps) {
  const searches = [...new Set([...words.filter((text) => text.toLowerCase() !== q.toLowerCase()).slice(0, MOST_WORDS), q])];
  return (
    <>
      {items.slice(0, MOST_PRODUCTS).map(({ slug, name, picture, tint, price }, index) => (
        <a class="suggestion" role="option" id={`suggested-product-${index}`} tabindex="-1" aria-selected="false" href={`/p/${slug}`}>
          <Tile assets={assets} name={name} picture={picture?.name} tint={tint} size={32} class="tile-small" />
          <span class="suggestion-name" safe>
            {name}
          </span>
          <span class="soft numbers" safe>
            {formatMoney(price)}
          </span>
        </a>
      ))}
      {categories.slice(0, MOST_CATEGORIES).map(({ slug, name }, index) => (
        <a class="suggestion suggestion-plain" role="option" id={`suggested-category-${index}`} tabindex="-1" aria-selected="false" href={`/c/${slug}`}>
          <Icon name="next" />
          <span>
            <span class="soft">All in </span>
            <span safe>{name}</span>
          </span>
        </a>
      ))}
      {searches.map((text, index) => (
        <a
          class="suggestion suggestion-plain"
          role="option"
          id={`suggested-search-${index}`}
          tabindex="-1"
          aria-selected="false"
          href={`/search?q=${encodeURIComponent(text)}`}
        >
          <Icon name="search" />
          <span safe>{text}</span>
        </a>
      ))}
    </>
  );
}
