import { Type } from 'typebox';

/**
 * What keeps the shop open in a surge. Each can be left out, to show what it is for (`npm run incident`, docs/performance);
 * the posture of January 2023 is to leave out all of them.
 *
 * - `edge-cache`: nginx answers pages and public answers from its own cache, and stale ones while what lies behind it cannot
 * - `cache`: answers are kept in the process and in Redis
 * - `admission`: bounds on what is under way, worth before arrival, circuit breakers
 * - `rate-limits`: bounds on what one client may ask for
 * - `deadlines`: time limits of calls, statements and waits for a connection
 * - `connection-budget`: pools computed from a service's share, roles that cannot exceed it, a pool for checkout alone
 */
export const protections = ['edge-cache', 'cache', 'admission', 'rate-limits', 'deadlines', 'connection-budget'] as const;

export type Protection = (typeof protections)[number];
export type Protections = ReadonlySet<Protection>;

const NAME = `(${protections.join('|')})`;

/** `WITHOUT=cache,deadlines` names those to leave out; none unless told. */
export const withoutEnv = { WITHOUT: Type.String({ pattern: `^(${NAME}(,${NAME})*)?$`, default: '' }) };

/** The protections that are left, of a value that `withoutEnv` has checked. */
export function protectionsWithout(text: string): Protections {
  const out = new Set(text.split(','));
  return new Set(protections.filter((each) => !out.has(each)));
}
