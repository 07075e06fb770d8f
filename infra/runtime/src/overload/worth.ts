/** How much is lost when a piece of work is turned away: 0 is worth most and goes last. What stands for which number is the gateway's to say. */
export type Worth = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Goes with a call through every hop, so that what a worthy request asks of others is as worthy there. From clients it is not taken. */
export const WORTH_HEADER = 'x-emall-worth';

/**
 * How many of each worth are let in at once however slow they are: with fewer a limit could learn nothing, and would save
 * nothing worth saving. Of the last kind, which nobody waits for, not even one.
 */
export const FLOORS: readonly number[] = [8, 8, 4, 4, 2, 2, 2, 0];
/** From this worth on not even those, while worthier work is both slow and kept out. */
export const FIRST_WITHOUT_FLOOR = 4;

/** What no browsing may keep from being done: paying and checking out. */
export function isWorthMost(worth: Worth | undefined): boolean {
  return worth !== undefined && worth <= 1;
}

/** Of a call that says nothing: whoever writes is in the middle of something. */
const WRITES: Worth = 1;
const READS: Worth = 5;

/** The worth that the calling process names, or one by method. */
export function worthOfCall({ method, headers }: { method: string; headers: Record<string, unknown> }): Worth {
  const given = headers[WORTH_HEADER];
  if (typeof given === 'string' && /^[0-7]$/.test(given)) return Number(given) as Worth;
  return method === 'GET' || method === 'HEAD' ? READS : WRITES;
}
