export interface Violation {
  /** `I1` to `I17`, as in `INVARIANTS` of check.ts. */
  invariant: string;
  what: string;
}

export function violated(invariant: string, what: string): Violation {
  return { invariant, what };
}

/** For lists of what may be wrong. */
export function when<T = Violation>(wrong: boolean, violation: T): readonly T[] {
  return wrong ? [violation] : [];
}
