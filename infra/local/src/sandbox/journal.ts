import { appendFileSync, closeSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const CHUNK = 1 << 20;

/** A file of lines that only grows until it is written anew. It may be longer than the longest string. */
export class Journal {
  readonly #path: string;
  #file: number | undefined;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
  }

  append(line: string): void {
    this.#file ??= openSync(this.#path, 'a');
    appendFileSync(this.#file, `${line}\n`);
  }

  /** The last line may have been cut short by a kill. */
  *lines(): Generator<string> {
    const file = openSync(this.#path, 'a+');
    try {
      const chunk = Buffer.alloc(CHUNK);
      let rest = Buffer.alloc(0);
      for (let size: number; (size = readSync(file, chunk)) > 0; ) {
        const text = Buffer.concat([rest, chunk.subarray(0, size)]);
        const end = text.lastIndexOf('\n') + 1;
        if (end > 0) yield* text.toString('utf8', 0, end - 1).split('\n');
        rest = text.subarray(end);
      }
      if (rest.length > 0) yield rest.toString();
    } finally {
      closeSync(file);
    }
  }

  /** Puts these lines in the place of all others, or leaves the file as it is. */
  rewrite(lines: Iterable<string>): void {
    const fresh = `${this.#path}.new`;
    const file = openSync(fresh, 'w');
    let text = '';
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length < CHUNK) continue;
      writeSync(file, text);
      text = '';
    }
    writeSync(file, text);
    closeSync(file);
    this.close();
    renameSync(fresh, this.#path);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
