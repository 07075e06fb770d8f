/** Segments that are neither empty (but the last) nor `.` or `..`, of the characters that RFC 3986 allows. */
const PLAIN = /^(?=\/)(?:\/(?!\.{1,2}(?:\/|$))(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*\/?$/;
/** Encodings of what would divide or climb a path if a hop decoded it (/ \ . %), and of what needs no encoding or is a control character. */
const SLY = /%(?:2[def]|5[cf]|25|7[ef]|[01][0-9a-f]|3[0-9]|4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])/i;

/** The path of a request; undefined when two readers could take it for different ones, so that no trick chooses the upstream. */
export function plainPath(url: string): string | undefined {
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  if (!PLAIN.test(path) || url.includes('#')) return undefined;
  return path.includes('%') && SLY.test(path) ? undefined : path;
}
