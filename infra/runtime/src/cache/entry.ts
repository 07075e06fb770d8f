import { hash } from 'node:crypto';

/** An answer as it was loaded, and what tells how long it is good. */
export interface Entry {
  /** Undefined: there is no such thing, which is worth remembering too. */
  body: Buffer | undefined;
  etag: string;
  /** What the load knew of, see `Freshness`. Undefined: nothing, so that it is good for the time in which there is nothing better. */
  stamp: string | undefined;
  tags: readonly string[];
  /** When it was loaded and until when it may be served, changes aside; by the clock of the replica that loaded it, in epoch milliseconds. */
  loadedAt: number;
  until: number;
}

interface Header extends Omit<Entry, 'body'> {
  key: string;
}

const NEWLINE = 10;
/** A replica with a clock that is ahead of ours by more says nothing about age that can be believed. */
const SKEW_MS = 30_000;

export function etagOf(body: Buffer): string {
  return `"${hash('sha1', body, 'base64url')}"`;
}

/** One line of JSON, then the body as it is: nothing of the body is parsed, or escaped, on its way. */
export function toWire(key: string, { body, ...rest }: Entry & { body: Buffer }): Buffer {
  const header: Header = { key, ...rest };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]);
}

/** Undefined for whatever `toWire` has not made of this key: others may write to Redis, and writes may be cut. */
export function fromWire(key: string, wire: Buffer): (Entry & { body: Buffer }) | undefined {
  const end = wire.indexOf(NEWLINE);
  if (end < 0) return undefined;
  const header = parse(wire.toString('utf8', 0, end));
  if (!isHeader(header) || header.key !== key || header.loadedAt > Date.now() + SKEW_MS) return undefined;
  // A copy: what the client hands out is a slice of a much larger buffer, which it would keep alive.
  const body = Buffer.from(wire.subarray(end + 1));
  if (etagOf(body) !== header.etag) return undefined;
  const { key: _key, ...rest } = header;
  return { ...rest, body };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { key, etag, stamp, tags, loadedAt, until } = value as Partial<Record<keyof Header, unknown>>;
  return typeof key === 'string' && typeof etag === 'string' && typeof stamp === 'string' && Number.isFinite(loadedAt) && Number.isFinite(until)
    && Array.isArray(tags) && tags.every((tag) => typeof tag === 'string');
}
