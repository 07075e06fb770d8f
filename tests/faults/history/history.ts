import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Call } from './call.ts';

const LINES_AT_ONCE = 500;

/** What all clients saw: one JSON line for each call, in the order in which they ended. */
export class History {
  readonly #file: number;
  readonly #calls: Call[] = [];
  #unwritten: string[] = [];

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = openSync(file, 'w');
  }

  add(call: Call): void {
    this.#calls.push(call);
    this.#unwritten.push(`${JSON.stringify(call)}\n`);
    if (this.#unwritten.length >= LINES_AT_ONCE) this.#write();
  }

  calls(): Call[] {
    return this.#calls;
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }

  #write(): void {
    writeSync(this.#file, this.#unwritten.join(''));
    this.#unwritten = [];
  }
}
