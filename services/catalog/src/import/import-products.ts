import { stat } from 'node:fs/promises';
import { CategoryPaths } from '../categories/write.ts';
import type { Browse } from '../database.ts';
import { priceReader } from '../money.ts';
import type { ProductInput } from '../products/product.ts';
import { finishWriting } from '../products/finish.ts';
import { type Written, writeProducts } from '../products/write.ts';
import { type Columns, readColumns, type Row } from './columns.ts';
import { ImportFault } from './fault.ts';
import { type Group, Groups, indistinguishable } from './groups.ts';
import { productColumns, readKey, type ReadRow, readProductRow, requiredColumns } from './product-row.ts';
import { type FileRecord, readRecords } from './records.ts';
import type { Report } from './report.ts';

/** Rows in a transaction: few enough that a checkout which wants one of them waits for a moment only. */
const BATCH = 500;

export interface ImportOptions {
  mapped: ReadonlyMap<string, string>;
  currency: string;
  /** Of new SKUs whose row does not say. */
  stock: number | undefined;
  /** Path of names, for rows that do not say. */
  category: string[] | undefined;
}

/** In bytes. @throws ImportFault when there is no such file */
async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new ImportFault(`${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.code === 'EACCES' ? 'may not be read' : error.message}`);
  });
  if (!found.isFile()) throw new ImportFault(`${file}: is not a file`);
  return found.size;
}

/** Streams a file of products into the catalogue. Rows that cannot be are reported, all others go in. */
export async function importProducts(db: Browse, file: string, options: ImportOptions, report: Report): Promise<Written & { refused: number }> {
  const size = await sizeOf(file);
  const columns = await headerOf(file, options);
  if (columns.unused.length > 0) report.say(`Not used: ${columns.unused.join(', ')}`);
  const rules = { columns, currency: options.currency, readPrice: priceReader(options.currency), stock: options.stock };
  const groups = new Groups(columns.has('product') ? await countRows(file, columns) : new Map());
  const batch = new Batch(db, await CategoryPaths.read(db), options, report);
  const skus = new Map<string, number>();
  let rows = 0;
  for await (const record of rowsOf(file)) {
    const row = rowOf(record, columns, report);
    if (!row) continue;
    const read = readProductRow(row, rules);
    refuseRepeated(read, row.line, skus);
    for (const note of read.notes) report.note(row.line, note);
    if (read.faults.length > 0) report.refuse(row.line, read.faults);
    const group = read.key === undefined ? undefined : groups.add(row.line, { ...read, key: read.key });
    if (group) await batch.add(group);
    rows += 1;
    report.progress(rows, record.bytes / size);
  }
  for (const group of groups.rest()) await batch.add(group);
  await batch.write();
  await finishWriting(db);
  report.end();
  return { ...batch.written, refused: report.refused };
}

async function headerOf(file: string, { mapped }: ImportOptions): Promise<Columns> {
  for await (const record of readRecords(file)) {
    if ('fault' in record) throw new ImportFault(`the first line is no header: ${record.fault}`);
    return readColumns(record.cells, { known: productColumns, required: requiredColumns, mapped });
  }
  throw new ImportFault('the file is empty');
}

async function* rowsOf(file: string): AsyncGenerator<FileRecord> {
  let header = true;
  for await (const record of readRecords(file)) {
    if (!header) yield record;
    header = false;
  }
}

/** How many rows each product has, by a first look at the file: so that none is written before its last row was read. */
async function countRows(file: string, columns: Columns): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const record of rowsOf(file)) {
    if ('fault' in record || record.cells.length !== columns.width) continue;
    const key = readKey(columns.row(record.line, record.cells));
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function rowOf(record: FileRecord, columns: Columns, report: Report): Row | undefined {
  if ('cells' in record && record.cells.length === columns.width) return columns.row(record.line, record.cells);
  const reason = 'fault' in record ? record.fault : `has ${record.cells.length} cells where the first line has ${columns.width}`;
  report.refuse(record.line, [{ column: 'row', reason }]);
  return undefined;
}

function refuseRepeated(read: ReadRow, line: number, skus: Map<string, number>): void {
  const sku = read.variant?.sku ?? read.discontinued;
  if (sku === undefined) return;
  const first = skus.get(sku);
  if (first === undefined) return void skus.set(sku, line);
  read.faults.push({ column: 'sku', reason: `${sku} stands on line ${first} already` });
  read.variant = undefined;
  read.discontinued = undefined;
}

/** Collects whole products and writes them together. */
class Batch {
  written: Written = { created: 0, updated: 0, discontinued: 0 };
  #inputs: ProductInput[] = [];
  #discontinued: string[] = [];
  #rows = 0;
  readonly #db: Browse;
  readonly #categories: CategoryPaths;
  readonly #options: ImportOptions;
  readonly #report: Report;

  constructor(db: Browse, categories: CategoryPaths, options: ImportOptions, report: Report) {
    this.#db = db;
    this.#categories = categories;
    this.#options = options;
    this.#report = report;
  }

  async add(group: Group): Promise<void> {
    this.#discontinued.push(...group.discontinued);
    this.#rows += group.discontinued.length;
    await this.#addInput(group);
    if (this.#rows >= BATCH) await this.write();
  }

  async #addInput({ key, slug, fields, variants, lines }: Group): Promise<void> {
    const alike = new Map(indistinguishable(variants).map(({ at, like }) => [at, like]));
    for (const [at, like] of alike) this.#report.refuse(lines[at] ?? 0, [{ column: 'option', reason: `has the same options as ${like}` }]);
    const good = variants.filter((_, i) => !alike.has(i));
    if (good.length === 0) return;
    if (fields.name === undefined) {
      for (const [i, line] of lines.entries()) if (!alike.has(i)) this.#report.refuse(line, [{ column: 'name', reason: 'is missing' }]);
      return;
    }
    const { category = this.#options.category, ...rest } = fields;
    const categoryId = category && (await this.#categories.resolve(category));
    this.#inputs.push({ key, ...(slug !== undefined && { slug }), ...rest, categoryId, variants: good });
    this.#rows += good.length;
  }

  async write(): Promise<void> {
    const inputs = this.#inputs;
    const ending = this.#discontinued;
    if (this.#rows === 0) return;
    this.#inputs = [];
    this.#discontinued = [];
    this.#rows = 0;
    const { currency } = this.#options;
    const { created, updated, discontinued } = await this.#db
      .transaction()
      .execute((trx) => writeProducts(trx, { inputs, discontinued: ending, currency, tree: this.#categories.tree }));
    this.written.created += created;
    this.written.updated += updated;
    this.written.discontinued += discontinued;
  }
}
