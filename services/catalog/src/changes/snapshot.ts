/** `pg_snapshot`: all below `xmin` had ended, nothing from `xmax` on had, and of those between the ones in `running` had not. */
export interface Snapshot {
  xmin: number;
  xmax: number;
  running: ReadonlySet<number>;
}

/** 64-bit transaction ids as numbers: 2^53 of them take a million years at any rate that there is. */
export function toSnapshot(text: string): Snapshot | undefined {
  const [, xmin, xmax, running] = /^(\d+):(\d+):([\d,]*)$/.exec(text) ?? [];
  if (xmin === undefined || xmax === undefined) return undefined;
  return { xmin: Number(xmin), xmax: Number(xmax), running: new Set(running ? running.split(',').map(Number) : []) };
}

/** Whether who saw this saw what the transaction wrote, if it wrote anything. */
export function isVisible({ xmin, xmax, running }: Snapshot, xid: number): boolean {
  return xid < xmin || (xid < xmax && !running.has(xid));
}
