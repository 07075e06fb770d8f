import type { Row } from './columns.ts';
import type { CellFault } from './fault.ts';

/** Reads the cells of one row and collects what is wrong with them, instead of stopping at the first. */
export class CellReader {
  readonly faults: CellFault[] = [];
  readonly notes: CellFault[] = [];
  readonly #row: Row;

  constructor(row: Row) {
    this.#row = row;
  }

  refuse(column: string, reason: string): undefined {
    this.faults.push({ column: this.#row.nameOf(column), reason });
    return undefined;
  }

  text(column: string, { longest, form, asks }: { longest: number; form?: RegExp; asks?: string }): string | undefined {
    const text = this.#row.cell(column);
    if (text === undefined) return undefined;
    return this.checked(column, text, { longest, ...(form && { form }), ...(asks !== undefined && { asks }) });
  }

  required(column: string, rules: { longest: number; form?: RegExp; asks?: string }): string | undefined {
    return this.#row.cell(column) === undefined ? this.refuse(column, 'is missing') : this.text(column, rules);
  }

  integer(column: string, highest: number): number | undefined {
    const text = this.#row.cell(column);
    if (text === undefined) return undefined;
    if (!/^\d{1,15}$/.test(text)) return this.refuse(column, `${quoted(text)} is not a whole number`);
    return Number(text) > highest ? this.refuse(column, `${quoted(text)} is more than ${highest}`) : Number(text);
  }

  amount(column: string, read: (text: string) => number | string): number | undefined {
    const text = this.#row.cell(column);
    if (text === undefined) return undefined;
    const amount = read(text);
    return typeof amount === 'number' ? amount : this.refuse(column, `${quoted(text)} ${amount}`);
  }

  checked(column: string, raw: string, { longest, form, asks }: { longest: number; form?: RegExp; asks?: string }): string | undefined {
    // The decoder puts this character where bytes are not UTF-8.
    if (raw.includes('\uFFFD')) return this.refuse(column, 'is not valid UTF-8');
    const text = decodedTwice(raw);
    if (text !== raw) this.notes.push({ column: this.#row.nameOf(column), reason: `was encoded twice and is read as ${quoted(text)}` });
    if (hasControls(text)) return this.refuse(column, 'holds a control character');
    if ([...text].length > longest) return this.refuse(column, `is longer than ${longest} characters`);
    return form && !form.test(text) ? this.refuse(column, `${quoted(text)} ${asks ?? 'is not valid'}`) : text;
  }
}

export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** UTF-8 that was taken for Latin-1 and encoded again turns £ into Â£; nobody means to write that. */
function decodedTwice(text: string): string {
  if (!/[\u00C2-\u00F4][\u0080-\u00BF]/.test(text) || /[^\0-\u00FF]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

/** Tabs and line breaks are text. */
function hasControls(text: string): boolean {
  return /[\p{Cc}\p{Cs}]/u.test(text.replace(/[\t\r\n]/g, ''));
}
