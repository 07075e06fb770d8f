import type { SnapshotSource } from './snapshot.ts';

/** What is still under way once faults are healed, a line for each; nothing when the shop is at rest. */
export async function pending({ database }: SnapshotSource): Promise<string[]> {
  const { rows } = await database.query<{ what: string }>(`select 'order ' || id || ' awaits payment' as what from orders."order" where state = 'awaiting_payment'`);
  return rows.map(({ what }) => what);
}
