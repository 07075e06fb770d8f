import { createHash } from 'node:crypto';

const LONGEST = 70;

/** What an address can carry of a name; empty when nothing of it is Latin. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[\p{M}'’]/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
}

/**
 * What a thing may be called in an address, the best first; its own wish comes before its name. The second is told apart by its key; the third for good,
 * since keys are case-sensitive and addresses are not.
 */
export function slugCandidates(name: string, key: string, wanted?: string): [string, string, string] {
  const base = wanted ?? (slugOf(name) || slugOf(key) || 'product');
  const keyed = `${base}-${slugOf(key).slice(0, 20).replace(/-$/, '')}`.replace(/-$/, '');
  return [base, keyed, `${base}-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`];
}

/** Gives every key a slug that nobody has, in the order given. What it gives is added to `taken`. */
export function chooseSlugs(things: readonly { key: string; name: string; slug?: string | undefined }[], taken: Set<string>): Map<string, string> {
  const chosen = new Map<string, string>();
  for (const { key, name, slug: wanted } of things) {
    const candidates = slugCandidates(name, key, wanted);
    const slug = candidates.find((candidate) => !taken.has(candidate)) ?? numbered(candidates[1], taken);
    taken.add(slug);
    chosen.set(key, slug);
  }
  return chosen;
}

/** Reached only when a name looks like another's slug, hash included. */
function numbered(base: string, taken: Set<string>): string {
  let n = 2;
  while (taken.has(`${base}-${n}`)) n += 1;
  return `${base}-${n}`;
}
