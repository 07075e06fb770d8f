/** What the provider knows. Amounts in minor units, times in seconds since the epoch. */
export interface Ledger {
  sessions: { id: string; status: string; amount: number; currency: string; reference: string | null; intent: string | null; created: number }[];
  intents: { id: string; session: string; amount: number; received: number; refunded: number; currency: string; status: string }[];
  charges: { id: string; intent: string; amount: number; currency: string; status: string }[];
  refunds: { id: string; intent: string; amount: number; currency: string }[];
  events: { id: string; type: string; about: string; attempts: number; acknowledged: boolean }[];
}

export async function readLedger(sandboxUrl: string): Promise<Ledger> {
  const answer = await fetch(`${sandboxUrl}/sandbox/ledger`);
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} when it was asked for its ledger`);
  return (await answer.json()) as Ledger;
}
