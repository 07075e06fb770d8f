/** What a shopper may ask of a listing. The same names in the address of the page and in the catalogue's API. */
export interface ListingQuery {
  q: string;
  sort: Sort | undefined;
  /** Pounds as typed; the API is asked in pence. */
  min: string;
  max: string;
  /** What was typed for a price and is none: shown as it is, with what is expected, and not asked for. */
  wrong: { min?: string; max?: string };
  /** Chosen values by facet. */
  chosen: Record<Facet, string[]>;
  /** Only what can be sent now. */
  inStock: boolean;
  cursor: string | undefined;
}

export const SORTS = {
  featured: 'Most bought',
  newest: 'Newest first',
  'price-asc': 'Price, low to high',
  'price-desc': 'Price, high to low',
  name: 'Name, A to Z',
} as const;
export type Sort = keyof typeof SORTS;
export const SORT_NAMES = Object.keys(SORTS) as Sort[];

/** Among words that were searched for, the first order means what fits best. */
export function sortLabel(sort: Sort, q: string): string {
  return sort === 'featured' && q !== '' ? 'Best match' : SORTS[sort];
}

export const FACETS = { colour: 'Colour', size: 'Size' } as const;
export type Facet = keyof typeof FACETS;
export const FACET_NAMES = Object.keys(FACETS) as Facet[];

/** More than anybody ticks; a longer list is cut, not refused. */
const MOST_CHOSEN = 20;
const LONGEST_WORDS = 100;
const LONGEST_VALUE = 60;
const LONGEST_CURSOR = 400;

/** Reads what is known and ignores the rest: a mistyped address still shows goods, and tells of a price that is none. */
export function readListingQuery(query: unknown): ListingQuery {
  const given = query as Record<string, string | string[] | undefined>;
  const all = (name: string, longest = LONGEST_VALUE) => [given[name] ?? []].flat().map((value) => value.trim().slice(0, longest)).filter(Boolean);
  const one = (name: string, longest?: number) => all(name, longest)[0] ?? '';
  const sort = one('sort');
  const [min, max] = [one('min'), one('max')];
  return {
    q: one('q', LONGEST_WORDS).replace(/\s+/g, ' '),
    sort: Object.hasOwn(SORTS, sort) ? (sort as Sort) : undefined,
    min: priceText(min),
    max: priceText(max),
    wrong: { ...(priceText(min) !== tidy(min) && { min }), ...(priceText(max) !== tidy(max) && { max }) },
    chosen: { colour: all('colour').slice(0, MOST_CHOSEN), size: all('size').slice(0, MOST_CHOSEN) },
    inStock: one('in_stock') === 'true',
    cursor: one('cursor', LONGEST_CURSOR) || undefined,
  };
}

/** As people write a price: with a currency sign, or with a comma between thousands. */
function tidy(text: string): string {
  return text.replace(/^\p{Sc}\s*/u, '').replace(/(\d),(\d{3})(?!\d)/g, '$1$2');
}

function priceText(text: string): string {
  const tidied = tidy(text);
  return /^\d{1,6}(\.\d{1,2})?$/.test(tidied) ? tidied : '';
}

/** The query string of a page, with changes; without an order of its own it starts at the first page again. */
export function hrefOf(path: string, query: ListingQuery, changes: Partial<ListingQuery> = {}): string {
  const { q, sort, min, max, chosen, inStock, cursor } = { ...query, cursor: undefined, ...changes };
  const params = new URLSearchParams();
  if (q) params.append('q', q);
  if (sort) params.append('sort', sort);
  if (min) params.append('min', min);
  if (max) params.append('max', max);
  for (const facet of FACET_NAMES) for (const value of chosen[facet]) params.append(facet, value);
  if (inStock) params.append('in_stock', 'true');
  if (cursor) params.append('cursor', cursor);
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** What the catalogue is asked. */
export function apiQuery(query: ListingQuery, category?: string) {
  const { q, sort, min, max, chosen, inStock, cursor } = query;
  return {
    ...(category !== undefined && { category }),
    ...(q && { q }),
    ...(sort && { sort }),
    ...(min && { min: pence(min) }),
    ...(max && { max: pence(max) }),
    ...(chosen.colour.length > 0 && { colour: chosen.colour }),
    ...(chosen.size.length > 0 && { size: chosen.size }),
    in_stock: inStock,
    ...(cursor && { cursor }),
    limit: 24,
  };
}

function pence(pounds: string): number {
  const [whole = '0', part = ''] = pounds.split('.');
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}

/** The same search without any filter. */
export function widened(query: ListingQuery): ListingQuery {
  return { ...query, min: '', max: '', wrong: {}, inStock: false, chosen: { colour: [], size: [] } };
}

export function isNarrowed({ min, max, wrong, chosen, inStock }: ListingQuery): boolean {
  return Boolean(min || max || wrong.min || wrong.max || inStock || FACET_NAMES.some((facet) => chosen[facet].length > 0));
}
