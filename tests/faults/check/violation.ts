export interface Violation {
  /** `I1` to `I17`, as in the table of docs/faults.md. */
  invariant: string;
  what: string;
}

export function violated(invariant: string, what: string): Violation {
  return { invariant, what };
}
