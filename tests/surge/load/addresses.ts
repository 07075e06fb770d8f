/** 127.1.0.0: what is below may be in use on this machine. */
const FIRST = (127 << 24) + (1 << 16);
/** Groups of 256 up to 127.254.255.0, of which the first and the last address of each are nobody's. */
const GROUPS = 254 << 8;
const IN_A_GROUP = 254;

/** The address of the n-th of many guests; it comes again only after 16 million of them. */
export function addressOf(n: number): string {
  const place = n % (GROUPS * IN_A_GROUP);
  const number = FIRST + Math.floor(place / IN_A_GROUP) * 256 + (place % IN_A_GROUP) + 1;
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
