import type { Generated, GeneratedAlways, JSONColumnType, Kysely } from 'kysely';

export interface CategoryTable {
  id: GeneratedAlways<number>;
  slug: string;
  name: string;
  parent_id: number | null;
  position: Generated<number>;
  tint: number | null;
  picture: string | null;
  description: Generated<string>;
  products: Generated<number>;
}

/** bigint columns arrive as text; ids are only ever handed back. */
export interface ProductTable {
  id: GeneratedAlways<string>;
  key: string;
  slug: string;
  category_id: number | null;
  name: string;
  name_key: GeneratedAlways<string>;
  description: string;
  details: JSONColumnType<Detail[]>;
  picture: string | null;
  popularity: number;
  currency: string;
  price_from: number;
  price_varies: boolean;
  was: number | null;
  variants: number;
  in_stock: boolean;
  facets: string[];
  keywords: string;
  /** Of best sellers, see `search/tiers.ts`. */
  tier: Generated<number>;
}

export interface Detail {
  name: string;
  value: string;
}

export type Options = Record<string, string>;

export interface VariantTable {
  sku: string;
  product_id: string;
  position: number;
  slug: string;
  name: string;
  picture: string | null;
  options: JSONColumnType<Options>;
  tint: number | null;
  currency: string;
  price: number;
  was: number | null;
}

export interface StockTable {
  sku: string;
  on_hand: number;
  reserved: Generated<number>;
}

export interface ReservationTable {
  order_id: string;
  state: 'held' | 'committed' | 'released';
  expires_at: Date;
  changed_at: Generated<Date>;
  attempt: Generated<number>;
}

export interface ReservationLineTable {
  order_id: string;
  sku: string;
  quantity: number;
}

export interface ChangeTable {
  id: GeneratedAlways<string>;
  tags: string[];
  at: Generated<Date>;
  /** The transaction that made the change. */
  xid: Generated<string>;
}

/** What browsing uses. */
export interface BrowseTables {
  category: CategoryTable;
  category_facet: { category_id: number; facet: string; products: number };
  product: ProductTable;
  variant: VariantTable;
  stock: StockTable;
  word: { word: string; products: number };
  term: { term: string; products: number };
  change: ChangeTable;
  stock_turn: { id: GeneratedAlways<string>; sku: string };
}

/** All that the checkout pool touches: a statement on any other table does not compile there. */
export interface CheckoutTables {
  variant: VariantTable;
  stock: StockTable;
  reservation: ReservationTable;
  reservation_line: ReservationLineTable;
  stock_turn: { id: GeneratedAlways<string>; sku: string };
}

export type Browse = Kysely<BrowseTables>;
export type Checkout = Kysely<CheckoutTables>;
/** What the rounds through changes and lapsed holds use. */
export type Rounds = Kysely<BrowseTables & CheckoutTables>;
