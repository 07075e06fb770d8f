import { readCategories } from '../categories/queries.ts';
import { type CategoryInput, writeCategories } from '../categories/write.ts';
import type { Browse } from '../database.ts';
import { CellReader } from './cells.ts';
import { type Columns, readColumns, type Row } from './columns.ts';
import { ImportFault } from './fault.ts';
import { readRecords } from './records.ts';
import type { Report } from './report.ts';

const known = ['slug', 'name', 'parent', 'position', 'tint', 'picture', 'description'];
const SLUG = { longest: 74, form: /^[a-z0-9]+(-[a-z0-9]+)*$/, asks: 'is not a slug such as home-garden' };
const PICTURE = { longest: 100, form: /^[A-Za-z0-9][A-Za-z0-9._-]*$/, asks: 'is not the name of a picture in the library' };

/** Reads a file of categories and writes them all at once: they are few, and each depends on those above it. */
export async function importCategories(db: Browse, file: string, report: Report): Promise<{ written: number; refused: number }> {
  const rows = new Map<string, { line: number; input: CategoryInput }>();
  let columns: Columns | undefined;
  for await (const record of readRecords(file)) {
    if (!columns) {
      if ('fault' in record) throw new ImportFault(`the first line is no header: ${record.fault}`);
      columns = readColumns(record.cells, { known, required: () => ['slug', 'name'], mapped: new Map() });
      continue;
    }
    if ('fault' in record || record.cells.length !== columns.width) {
      report.refuse(record.line, [{ column: 'row', reason: 'fault' in record ? record.fault : `has ${record.cells.length} cells where the first line has ${columns.width}` }]);
      continue;
    }
    const { input, faults } = readCategoryRow(columns.row(record.line, record.cells), rows.size);
    const twice = input && rows.get(input.slug);
    if (twice) faults.push({ column: 'slug', reason: `${input.slug} stands on line ${twice.line} already` });
    if (faults.length > 0) report.refuse(record.line, faults);
    else if (input) rows.set(input.slug, { line: record.line, input });
  }
  if (!columns) throw new ImportFault('the file is empty');
  const inputs = await parentsFirst(db, rows, report);
  await writeCategories(db, inputs);
  return { written: inputs.length, refused: report.refused };
}

function readCategoryRow(row: Row, position: number) {
  const cells = new CellReader(row);
  const slug = cells.required('slug', SLUG);
  const name = cells.required('name', { longest: 80 });
  const input = {
    parent: cells.text('parent', SLUG),
    position: cells.integer('position', 1_000_000) ?? position,
    tint: cells.integer('tint', 359),
    picture: cells.text('picture', PICTURE),
    description: cells.text('description', { longest: 5000 }) ?? '',
  };
  return { input: slug === undefined || name === undefined ? undefined : { slug, name, ...input }, faults: cells.faults };
}

/** Leaves out what has no place in the tree: a parent that nobody knows, a circle. */
async function parentsFirst(db: Browse, rows: ReadonlyMap<string, { line: number; input: CategoryInput }>, report: Report): Promise<CategoryInput[]> {
  const existing = await readCategories(db);
  const slugs = new Map(existing.map(({ id, slug }) => [id, slug]));
  const above = new Map(existing.map(({ slug, parent_id }) => [slug, parent_id === null ? undefined : slugs.get(parent_id)]));
  for (const { input } of rows.values()) above.set(input.slug, input.parent);

  const depthOf = (slug: string): number => {
    let depth = 0;
    for (let at: string | undefined = slug; at !== undefined; at = above.get(at)) {
      depth += 1;
      if (!above.has(at) || depth > above.size) return Infinity;
    }
    return depth;
  };
  const placed = [...rows.values()].map(({ line, input }) => ({ line, input, depth: depthOf(input.slug) }));
  for (const { line, input, depth } of placed) {
    if (depth === Infinity) report.refuse(line, [{ column: 'parent', reason: `${input.parent} leads to no department` }]);
  }
  return placed.filter(({ depth }) => depth !== Infinity).sort((a, b) => a.depth - b.depth).map(({ input }) => input);
}
