import { basename } from 'node:path';
import type { CellFault } from './fault.ts';

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
}

const EVERY_MS = 500;

/** Says what is refused, line by line, and how far it has got. */
export class Report {
  refused = 0;
  readonly #file: string;
  readonly #out: Output;
  #shown = performance.now();
  #progress = '';

  constructor(file: string, out: Output) {
    this.#file = basename(file);
    this.#out = out;
  }

  /** One row, with all that is wrong with it. */
  refuse(line: number, faults: readonly CellFault[]): void {
    this.refused += 1;
    for (const fault of faults) this.note(line, fault);
  }

  note(line: number, { column, reason }: CellFault): void {
    this.say(`${this.#file}:${line}:${column}: ${reason}`);
  }

  say(text: string): void {
    // Line breaks of the file must not forge lines of this report.
    this.#out.write(`${this.#clear()}${text.replace(/[\r\n]+/g, ' ')}\n`);
  }

  progress(rows: number, share: number): void {
    if (performance.now() - this.#shown < EVERY_MS) return;
    this.#shown = performance.now();
    const text = `${this.#file}: ${rows} rows, ${Math.round(share * 100)} %`;
    if (!this.#out.isTTY) return void this.#out.write(`${text}\n`);
    this.#out.write(`${this.#clear()}${text}`);
    this.#progress = text;
  }

  end(): void {
    this.#out.write(this.#clear());
  }

  #clear(): string {
    const clear = this.#progress && '\r\x1b[K';
    this.#progress = '';
    return clear;
  }
}
