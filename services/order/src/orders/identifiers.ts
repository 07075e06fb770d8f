import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** The id of the order that this key of this shopper makes. However often it is asked, it is the same. */
export function orderIdOf(shopper: string, key: string): string {
  return derivedId(`order\0${shopper}\0${key}`);
}

/** A UUID of version 8 that is always the same for the same text: what is made again under it is found made. */
export function derivedId(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return toUuid(bytes.toString('hex'));
}

function toUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

// Crockford's alphabet: no I, L, O or U to misread or to spell words with.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What people read out on the telephone, such as EM-7Q4K-2M9D: the first 40 bits of the id. */
export function orderNumber(id: string): string {
  let bits = BigInt(`0x${id.replaceAll('-', '').slice(0, 10)}`);
  let text = '';
  for (let i = 0; i < 8; i += 1, bits >>= 5n) text = ALPHABET[Number(bits & 31n)] + text;
  return `EM-${text.slice(0, 4)}-${text.slice(4)}`;
}

/** The least id that has this number; undefined when it is none. Letters that look like digits are read as such. */
export function firstIdOf(number: string): string | undefined {
  return idOf(number, '0');
}

/** The greatest. */
export function lastIdOf(number: string): string | undefined {
  return idOf(number, 'f');
}

function idOf(number: string, rest: string): string | undefined {
  const [, left = '', right = ''] = /^(?:EM-)?([0-9A-Z]{4})-?([0-9A-Z]{4})$/.exec(number.trim().toUpperCase()) ?? [];
  const digits = [...(left + right)].map((letter) => ALPHABET.indexOf(letter.replace('O', '0').replace(/[IL]/, '1')));
  if (digits.length === 0 || digits.includes(-1)) return undefined;
  const bits = digits.reduce((sum, digit) => (sum << 5n) | BigInt(digit), 0n);
  return toUuid(bits.toString(16).padStart(10, '0').padEnd(32, rest));
}

/** Private links: the key in them is derived, so that a repeated checkout gives the same link, and only its hash is stored. */
export interface Links {
  keyOf(orderId: string): string;
  urlOf(orderId: string): string;
}

export function createLinks({ secret, publicUrl }: { secret: Buffer; publicUrl: string }): Links {
  const linkSecret = Buffer.from(hkdfSync('sha256', secret, '', 'order link', 32));
  const keyOf = (orderId: string) => createHmac('sha256', linkSecret).update(orderId).digest().subarray(0, 24).toString('base64url');
  return { keyOf, urlOf: (orderId) => `${publicUrl}/orders/${orderId}?key=${keyOf(orderId)}` };
}

export function linkHash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export function opens(key: string, hash: Buffer): boolean {
  return timingSafeEqual(linkHash(key), hash);
}
