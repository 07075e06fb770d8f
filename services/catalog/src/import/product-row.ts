import type { Detail, Options } from '../database.ts';
import type { VariantInput } from '../products/product.ts';
import { CellReader } from './cells.ts';
import type { Columns, Row } from './columns.ts';
import type { CellFault } from './fault.ts';

export const productColumns = ['product', 'sku', 'status', 'name', 'price', 'was', 'currency', 'category', 'description', 'stock', 'picture', 'popularity'] as const;
/** Rows may do no more than discontinue; one that does not says for itself what it lacks. */
export const requiredColumns = (has: (column: string) => boolean): string[] => (has('status') ? ['sku'] : ['sku', 'name', 'price']);

export interface RowRules {
  columns: Columns;
  currency: string;
  readPrice: (text: string) => number | string;
  /** For SKUs that are new and rows that do not say. */
  stock: number | undefined;
}

/** What a row says of its product. A column that the file does not have is undefined, an empty cell is the empty value. */
export interface ProductFields {
  name: string | undefined;
  category: string[] | undefined;
  description: string | undefined;
  picture: string | undefined;
  popularity: number | undefined;
  details: Detail[] | undefined;
}

export interface ReadRow {
  /** Rows with the same key are one product. */
  key: string | undefined;
  /** The address that the product's key asks for. */
  slug: string | undefined;
  fields: ProductFields;
  variant: VariantInput | undefined;
  /** The SKU, when it is to be taken off sale. */
  discontinued: string | undefined;
  faults: CellFault[];
  notes: CellFault[];
}

const SKU = { longest: 40, form: /^[A-Za-z0-9._-]+$/, asks: 'may hold letters, digits, dot, dash and underscore only' };
const PRODUCT = { longest: 200 };
const STATUS = { longest: 40, form: /^(active|discontinued)$/i, asks: 'is neither active nor discontinued' };
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)+$/;

/** Understands one row. Without faults it has a key and either a variant or the SKU of one that is discontinued; whether it needs a name depends on the rows around it. */
export function readProductRow(row: Row, rules: RowRules): ReadRow {
  const cells = new CellReader(row);
  const sku = cells.required('sku', SKU);
  const group = cells.text('product', PRODUCT);
  const ends = cells.text('status', STATUS)?.toLowerCase() === 'discontinued';
  const fields = readFields(cells, row, rules.columns);
  const variant = ends ? undefined : readVariant(cells, row, rules, sku);
  const good = cells.faults.length === 0;
  return {
    key: group ?? sku,
    slug: group !== undefined && SLUG.test(group) && group.length <= 90 ? group : undefined,
    fields,
    variant: good ? variant : undefined,
    discontinued: good && ends ? sku : undefined,
    faults: cells.faults,
    notes: cells.notes,
  };
}

function readVariant(cells: CellReader, row: Row, rules: RowRules, sku: string | undefined): VariantInput | undefined {
  const options = readOptions(cells, row);
  if (row.cell('price') === undefined) cells.refuse('price', 'is missing');
  const price = cells.amount('price', rules.readPrice);
  const was = cells.amount('was', rules.readPrice);
  if (price !== undefined && was !== undefined && was <= price) cells.refuse('was', 'is not more than the price');
  const currency = cells.text('currency', { longest: 3 });
  if (currency !== undefined && currency !== rules.currency) cells.refuse('currency', `is ${currency}; this shop sells in ${rules.currency}`);
  const stock = cells.integer('stock', 1_000_000);
  if (sku === undefined || price === undefined) return undefined;
  return { sku, options, price, was: was ?? null, stock, ...(rules.stock !== undefined && { initialStock: rules.stock }) };
}

/** The key alone, as `readProductRow` reads it. */
export function readKey(row: Row): string | undefined {
  const cells = new CellReader(row);
  return cells.text('product', PRODUCT) ?? cells.text('sku', SKU);
}

function readFields(cells: CellReader, row: Row, columns: Columns): ProductFields {
  const details = row.cells('detail').map(([name, value]): Detail => ({ name: title(name), value: cells.checked(`detail.${name}`, value, { longest: 500 }) ?? '' }));
  return {
    name: cells.text('name', { longest: 200 })?.replace(/\s+/g, ' '),
    category: readCategory(cells, row),
    description: columns.has('description') ? (cells.text('description', { longest: 5000 }) ?? '') : undefined,
    picture: columns.has('picture') ? (cells.text('picture', { longest: 100, form: /^[A-Za-z0-9][A-Za-z0-9._-]*$/, asks: 'is not the name of a picture in the library' }) ?? '') : undefined,
    popularity: cells.integer('popularity', 1_000_000_000),
    details: details.length > 0 ? details : undefined,
  };
}

function readCategory(cells: CellReader, row: Row): string[] | undefined {
  const path = cells.text('category', { longest: 400 })?.split('>').map((name) => name.trim().replace(/\s+/g, ' '));
  if (!path) return undefined;
  if (path.some((name) => name === '' || [...name].length > 80) || path.length > 5) {
    return cells.refuse('category', `${row.cell('category')} is not a path such as Home > Kitchen, of at most 5 names`);
  }
  return path;
}

function readOptions(cells: CellReader, row: Row): Options {
  return Object.fromEntries(row.cells('option').map(([name, value]) => [name, cells.checked(`option.${name}`, value, { longest: 60 }) ?? '']));
}

function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}
