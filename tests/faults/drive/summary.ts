import type { Call } from '../history/call.ts';

/** Checkouts are told apart by shopper and key. ok: an answer was 201. fail: none was, and the last was a refusal. */
export interface DriveSummary {
  checkouts: number;
  ok: number;
  fail: number;
  info: number;
  calls: number;
}

export function summarise(calls: readonly Call[]): DriveSummary {
  const outcomes = checkoutsOf(calls).map((group) => (group.some(({ outcome }) => outcome === 'ok') ? 'ok' : group.at(-1)?.outcome));
  const count = (which: string) => outcomes.filter((outcome) => outcome === which).length;
  return { checkouts: outcomes.length, ok: count('ok'), fail: count('fail'), info: count('info'), calls: calls.length };
}

/** The calls of each checkout, as far as it began at that moment or later. */
export function begunAfter(calls: readonly Call[], moment: number): Call[] {
  return checkoutsOf(calls).filter((group) => group.every(({ start }) => start >= moment)).flat();
}

export function checkoutsOf(calls: readonly Call[]): Call[][] {
  return [...Map.groupBy(calls.filter(({ kind }) => kind === 'order'), ({ shopper, key }) => `${shopper} ${key}`).values()];
}
