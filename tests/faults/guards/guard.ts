/** Of RELIABILITY.md, section 2. */
export type Invariant = `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17}`;

/** One thing that keeps checkout exact, how to take it away, and the test that notices. */
export interface Guard {
  name: string;
  protects: Invariant[];
  file: string;
  /** Found exactly once in the file. */
  text: string;
  /** What stands there without the guard: the program still runs. */
  instead: string;
  /** A test file, and part of the name of the test that turns red. */
  caughtBy: [file: string, test: string];
}

export interface GuardResult {
  guard: Guard;
  /** missed: everything stayed green. no proof: what turned red says nothing about the guard, such as a file that does not load. */
  outcome: 'caught' | 'missed' | 'no proof';
  /** The tests that turned red. */
  red: string[];
  /** The first line of what they say, or why this is no proof. */
  because: string;
  seconds: number;
}

/** The same for everything of one file, so that its name stands once. */
export function guardsOf(file: string, guards: Omit<Guard, 'file'>[]): Guard[] {
  return guards.map((guard) => ({ ...guard, file }));
}
