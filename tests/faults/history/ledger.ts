/** What the provider knows. Amounts in minor units, times in seconds since the epoch. */
export interface Ledger {
  sessions: { id: string; order: string | null; status: string; amount: number; currency: string; email: string | null }[];
  charges: { id: string; order: string | null; amount: number; currency: string; status: string; created: number }[];
  refunds: { id: string; order: string | null; amount: number; currency: string }[];
  events: LedgerEvent[];
  /** Of the shop to the provider, since the books were begun. */
  calls: { route: string; outcome: string; count: number }[];
}

export interface LedgerEvent {
  id: string;
  order: string | null;
  type: string;
  created: number;
  acknowledged: boolean;
  /** It is not sent any more. */
  ended: boolean;
  /** Sent by the sandbox to be refused, or to be looked into. */
  lie?: 'forged' | 'disagrees';
}

/** @param since leaves out what came into being before; `calls` are counted from the beginning whatever it says */
export async function readLedger(sandboxUrl: string, since = new Date(0)): Promise<Ledger> {
  const answer = await fetch(`${sandboxUrl}/sandbox/ledger?since=${Math.floor(since.getTime() / 1000)}`);
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} when it was asked for its ledger`);
  return (await answer.json()) as Ledger;
}
