import { ImportFault } from './fault.ts';

/** The cells of a row by the names of our columns; empty ones are missing. */
export interface Row {
  line: number;
  /** Where the file says it is, for messages: the file's own name of a column. */
  nameOf(column: string): string;
  cell(column: string): string | undefined;
  /** Cells of `option.*` or `detail.*`, by what follows the dot. */
  cells(prefix: 'option' | 'detail'): [name: string, text: string][];
}

export interface ColumnRules {
  known: readonly string[];
  /** What must be there, given what is. */
  required: (has: (column: string) => boolean) => readonly string[];
  /** Ours by the file's: `--map sku=stock_code` says that the SKU stands in the column `stock_code`. */
  mapped: ReadonlyMap<string, string>;
}

export interface Columns {
  /** How many cells a row has. */
  width: number;
  has(column: string): boolean;
  /** Names of columns that are of no use to us. */
  unused: string[];
  row(line: number, cells: readonly string[]): Row;
}

const OPEN = /^(option|detail)\.([a-z][a-z0-9 _-]{0,29})$/;

/** Understands the first line of a file. @throws ImportFault that names what is missing and what is there */
export function readColumns(header: readonly string[], { known, required, mapped }: ColumnRules): Columns {
  const theirs = header.map((name) => name.trim());
  for (const [ours, name] of mapped) {
    if (!known.includes(ours) && !OPEN.test(ours)) throw new ImportFault(`--map: there is no column "${ours}"; there are ${known.join(', ')}, option.* and detail.*`);
    if (!theirs.includes(name)) throw new ImportFault(`--map: the file has no column "${name}"; it has ${theirs.join(', ')}`);
  }
  const claimed = new Set(mapped.values());
  const places = new Map<string, number>();
  const unused: string[] = [];
  for (const [i, name] of theirs.entries()) {
    const ours = [...mapped].filter(([, their]) => their === name).map(([our]) => our);
    if (!claimed.has(name) && (known.includes(name.toLowerCase()) || OPEN.test(name.toLowerCase())) && !mapped.has(name.toLowerCase())) ours.push(name.toLowerCase());
    if (ours.length === 0) unused.push(name);
    for (const column of ours) {
      if (places.has(column)) throw new ImportFault(`the file has two columns "${name}"`);
      places.set(column, i);
    }
  }
  const missing = required((column) => places.has(column)).filter((column) => !places.has(column));
  if (missing.length > 0) throw new ImportFault(`the file has no column ${missing.join(', ')}; it has ${theirs.join(', ')}. Name its own columns with --map ${missing[0]}=…`);
  const open = [...places].flatMap(([column, i]) => {
    const [, prefix, name] = OPEN.exec(column) ?? [];
    return prefix === undefined || name === undefined ? [] : [{ prefix, name, i }];
  });
  return {
    width: theirs.length,
    has: (column) => places.has(column),
    unused,
    row: (line, cells) => ({
      line,
      nameOf: (column) => theirs[places.get(column) ?? -1] ?? column,
      cell: (column) => textOf(cells[places.get(column) ?? -1]),
      cells: (wanted) => open.flatMap(({ prefix, name, i }) => {
        const text = prefix === wanted ? textOf(cells[i]) : undefined;
        return text === undefined ? [] : [[name, text]];
      }),
    }),
  };
}

function textOf(cell: string | undefined): string | undefined {
  return cell?.trim() || undefined;
}
