import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 400 days, the longest that browsers keep a cookie. */
const GUEST_MAX_AGE_S = 34_560_000;
/** As long as cart keeps a cart that nobody touches. */
const ITEMS_MAX_AGE_S = 30 * 24 * 3600;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const COUNT = /^\d{1,5}$/;
/** Of the 32 bytes of a token; the rest says that a gateway made it. */
const RANDOM_BYTES = 17;

/** The cookies of one shop: their names bear its port, because cookies do not tell ports of a host apart. */
export class GuestCookies {
  readonly #guest: string;
  readonly #items: string;
  readonly #secure: string;
  readonly #key: Buffer;

  constructor(publicUrl: URL, identityKey: Buffer) {
    const port = publicUrl.port || (publicUrl.protocol === 'https:' ? '443' : '80');
    this.#guest = `__Host-emall-${port}`;
    this.#items = `emall-items-${port}`;
    this.#secure = publicUrl.protocol === 'https:' ? '; Secure' : '';
    this.#key = createHmac('sha256', identityKey).update('guest tokens').digest();
  }

  /** A token of a new guest: 136 random bits, known to the shopper's browser alone, and 120 bits of their MAC. */
  mint(): string {
    const random = randomBytes(RANDOM_BYTES);
    return Buffer.concat([random, this.#tag(random)]).toString('base64url');
  }

  /** The guest's token; undefined when there is none, it is malformed, or there are several: then nobody can say whose it is. */
  read(header: string | undefined): string | undefined {
    const token = onlyValue(header, this.#guest);
    return token !== undefined && TOKEN.test(token) ? token : undefined;
  }

  /**
   * The guest's token, if a gateway made it. Anybody can invent one, and it stands for an empty cart like any other; but
   * it proves nothing, so that nobody gets a budget of their own by it.
   */
  readMinted(header: string | undefined): string | undefined {
    const token = this.read(header);
    if (token === undefined) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    // Of the four ways to write the last two bits one is ours: each way would be another shopper. The copy is kept by who
    // counts them, and does not keep the whole header with it.
    const copy = bytes.toString('base64url');
    if (copy !== token) return undefined;
    return timingSafeEqual(bytes.subarray(RANDOM_BYTES), this.#tag(bytes.subarray(0, RANDOM_BYTES))) ? copy : undefined;
  }

  guest(token: string): string {
    return `${this.#guest}=${token}; Path=/; Max-Age=${GUEST_MAX_AGE_S}; Secure; HttpOnly; SameSite=Lax`;
  }

  /** The cookie that the cart's badge is drawn from; undefined when the shopper has it already. */
  items(count: string, header: string | undefined): string | undefined {
    if (!COUNT.test(count) || (onlyValue(header, this.#items) ?? '0') === count) return undefined;
    return `${this.#items}=${count}; Path=/; Max-Age=${ITEMS_MAX_AGE_S}; SameSite=Lax${this.#secure}`;
  }

  #tag(random: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(random).digest().subarray(0, 32 - RANDOM_BYTES);
  }
}

/** Who the token stands for, inside: 132 bits of its hash, so that neither logs nor databases hold what could be replayed. */
export function shopperOf(token: string): string {
  return hash('sha256', token, 'base64url').slice(0, 22);
}

/** Cookie parsers answer the first of several values; an attacker on a sibling host can set the second. */
function onlyValue(header: string | undefined, name: string): string | undefined {
  if (!header?.includes(name)) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}
