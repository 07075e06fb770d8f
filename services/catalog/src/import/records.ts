import { createReadStream } from 'node:fs';
import { type CsvError, parse } from 'csv-parse';

/** A line of the file, or why it is none. */
export type FileRecord = { line: number; bytes: number } & ({ cells: string[] } | { fault: string });

/** A record may not be longer; a quotation mark that is never closed would swallow the rest of the file. */
const LONGEST_RECORD = 100_000;

interface Place {
  line: number;
  bytes: number;
}

/**
 * Reads a CSV file record by record, with the line on which each begins. A line in which a quotation mark is opened and
 * never closed is at fault alone: reading goes on with the next one.
 */
export async function* readRecords(file: string): AsyncGenerator<FileRecord> {
  const reading = { place: { line: 1, bytes: 0 }, width: 0 };
  for (;;) {
    const endless = yield* readPart(file, reading, Infinity);
    if (endless === undefined) return;
    // What the parser had read ahead when it gave up is read once more.
    yield* readPart(file, reading, endless);
    yield { ...reading.place, fault: 'a quotation mark is opened and never closed' };
    reading.place = { line: reading.place.line + 1, bytes: await afterLine(file, reading.place.bytes) };
  }
}

/** @returns where a record begins that has no end, if it came upon one */
async function* readPart(file: string, reading: { place: Place; width: number }, end: number): AsyncGenerator<FileRecord, number | undefined> {
  const from = reading.place.bytes;
  if (end <= from) return undefined;
  const parser = parse({ bom: from === 0, info: true, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, relax_quotes: true, max_record_size: LONGEST_RECORD });
  const stream = createReadStream(file, { start: from, ...(end !== Infinity && { end: end - 1 }) });
  stream.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of stream.pipe(parser) as AsyncIterable<{ record: string[]; info: { bytes: number } }>) {
      const breaks = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
      reading.width ||= record.length;
      // The mark that closed it belongs to another line.
      if (breaks > 0 && record.length !== reading.width) return reading.place.bytes;
      const { line } = reading.place;
      reading.place = { line: line + 1 + breaks, bytes: from + info.bytes };
      if (record.length > 1 || record[0] !== '') yield { line, bytes: reading.place.bytes, cells: record };
    }
    return undefined;
  } catch (error) {
    const { code, bytes_records } = error as CsvError & { bytes_records?: number };
    if ((code !== 'CSV_QUOTE_NOT_CLOSED' && code !== 'CSV_MAX_RECORD_SIZE') || bytes_records === undefined) throw error;
    return from + bytes_records;
  } finally {
    stream.destroy();
  }
}

async function afterLine(file: string, bytes: number): Promise<number> {
  let at = bytes;
  for await (const chunk of createReadStream(file, { start: bytes })) {
    const found = (chunk as Buffer).indexOf(0x0a);
    if (found >= 0) return at + found + 1;
    at += (chunk as Buffer).length;
  }
  return at;
}
