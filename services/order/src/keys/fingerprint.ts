import { createHash } from 'node:crypto';

/** The same for two payloads that mean the same: the order in which members are written does not count. */
export function fingerprint(payload: unknown): Buffer {
  return createHash('sha256').update(canonical(payload)).digest();
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
