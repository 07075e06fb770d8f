import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../testing/folder.ts';
import { lastWords } from './last-words.ts';
import { rotateOnce } from './rotate.ts';

const folder = temporaryFolder();

describe('rotating logs', () => {
  it('keeps one older file, while the process goes on writing into the same one', () => {
    const file = join(folder, 'cart-1.log');
    const writer = openSync(file, 'a');
    writeSync(writer, 'x'.repeat(100));
    rotateOnce(folder, () => {}, 100);
    writeSync(writer, 'after');
    closeSync(writer);
    expect(readFileSync(file, 'utf8')).toBe('after');
    expect(statSync(`${file}.1`).size).toBe(100);
  });

  it('frees what a log takes also where there is no room for a copy of it', () => {
    const file = join(folder, 'cart-2.log');
    writeFileSync(file, 'x'.repeat(100));
    // No file can be written to this place.
    mkdirSync(`${file}.1`);
    rotateOnce(folder, () => {}, 100);
    expect(statSync(file).size).toBe(0);
  });

  it('asks nginx to reopen the log that it writes itself, and leaves small ones alone', () => {
    const file = join(folder, 'access.log');
    writeFileSync(file, 'x'.repeat(100));
    let asked = 0;
    rotateOnce(folder, () => (asked += 1), 100);
    rotateOnce(folder, () => (asked += 1), 100);
    expect(asked).toBe(1);
  });
});

describe('the last words of a process', () => {
  it('are those since it started, in a form for people', () => {
    const file = join(folder, 'order-1.log');
    writeFileSync(file, 'of an earlier one\n');
    const from = statSync(file).size;
    appendFileSync(file, [
      '{"level":"info","msg":"request","method":"POST","route":"/api/orders","status":201,"ms":9.1}',
      '{"level":"fatal","msg":"stopping","err":{"message":"out of luck"}}',
      'plain text',
    ].join('\n'));
    expect(lastWords(file, from)).toEqual(['info: request POST /api/orders 201', 'fatal: stopping: out of luck', 'plain text']);
    expect(lastWords(join(folder, 'never.log'))).toEqual([]);
  });
});
