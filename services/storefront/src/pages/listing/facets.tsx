import { Icon } from '../../shared/icons.tsx';
import { currencySymbol } from '../../shared/money.ts';
import { bySize } from '../../shared/sizes.ts';
import type { ProductList } from '../../shared/shapes.ts';
import { Swatch } from '../../shared/tone.tsx';
import { type Facet, FACET_NAMES, FACETS, hrefOf, isNarrowed, type ListingQuery, widened } from './query.ts';

interface FacetsProps {
  path: string;
  query: ListingQuery;
  list: ProductList;
  currency: string;
}

/** The longest list of one facet; what is chosen always stays in it. */
const MOST_VALUES = 12;

/** At the side on a wide screen, behind a button on a phone: a `details` element, so it opens without any script. */
export function Facets({ path, query, list, currency }: FacetsProps) {
  return (
    <details class="facets">
      <summary class="button button-quiet facets-button">
        <Icon name="filter" />
        <span>Filter</span>
      </summary>
      <div class="facets-body">
        <fieldset class="facet">
          <legend>Price</legend>
          <div class="facet-prices">
            <PriceField name="min" label="From" value={query.wrong.min ?? query.min} wrong={query.wrong.min !== undefined} currency={currency} />
            <PriceField name="max" label="To" value={query.wrong.max ?? query.max} wrong={query.wrong.max !== undefined} currency={currency} />
          </div>
          {(query.wrong.min ?? query.wrong.max) !== undefined && (
            <p class="field-error facet-wrong" id="price-wrong" role="alert">
              Enter a price, for example 20 or 19.99
            </p>
          )}
        </fieldset>
        {FACET_NAMES.map((facet) => (
          <Values facet={facet} query={query} list={list} />
        ))}
        <fieldset class="facet">
          <legend>Stock</legend>
          <label class="tick">
            <input type="checkbox" name="in_stock" value="true" checked={query.inStock} />
            <span>In stock now</span>
          </label>
        </fieldset>
        <noscript>
          <button class="button" type="submit">
            Show products
          </button>
        </noscript>
        {isNarrowed(query) && (
          <a class="facets-clear" href={hrefOf(path, widened(query))}>
            Clear all filters
          </a>
        )}
      </div>
    </details>
  );
}

interface PriceFieldProps {
  name: string;
  label: string;
  value: string;
  wrong: boolean;
  currency: string;
}

function PriceField({ name, label, value, wrong, currency }: PriceFieldProps) {
  return (
    <label class="price-field">
      <span class="small soft" safe>
        {label}
      </span>
      <span class="price-field-box">
        <span aria-hidden="true" safe>
          {currencySymbol(currency)}
        </span>
        <input
          type="text"
          inputmode="decimal"
          name={name}
          value={value}
          maxlength={9}
          autocomplete="off"
          aria-label={`Price ${label.toLowerCase()}`}
          aria-invalid={wrong ? 'true' : undefined}
          aria-describedby={wrong ? 'price-wrong' : undefined}
        />
      </span>
    </label>
  );
}

function Values({ facet, query, list }: { facet: Facet; query: ListingQuery; list: ProductList }) {
  const chosen = query.chosen[facet];
  const offered = list.facets?.find(({ name }) => name === facet)?.values ?? [];
  const missing = chosen.filter((value) => !offered.some((each) => each.value === value)).map((value) => ({ value, count: 0 }));
  const common = [...offered, ...missing].filter(({ value }, index) => index < MOST_VALUES || chosen.includes(value));
  const values = facet === 'size' ? bySize(common, ({ value }) => value) : common;
  if (values.length === 0) return '';
  return (
    <fieldset class="facet">
      <legend>{FACETS[facet]}</legend>
      <div class="facet-values">
        {values.map(({ value, count }) => (
          <label class="tick">
            <input type="checkbox" name={facet} value={value} checked={chosen.includes(value)} />
            {facet === 'colour' && <Swatch colour={value} />}
            <span safe>{value}</span>
            <span class="tick-count">{count}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
