export interface Violation {
  /** `I1` to `I17`, as in the table of the README. */
  invariant: string;
  what: string;
}

export function violated(invariant: string, what: string): Violation {
  return { invariant, what };
}

/** For lists of what may be wrong. */
export function when(wrong: boolean, violation: Violation): readonly Violation[] {
  return wrong ? [violation] : [];
}
