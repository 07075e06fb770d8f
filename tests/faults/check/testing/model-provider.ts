import type { Ledger } from '../../history/ledger.ts';

const COMPLETED = 'checkout.session.completed';

/** Does what it is told to do, and writes it down. */
export class ModelProvider {
  readonly ledger: Ledger = { sessions: [], charges: [], refunds: [], events: [], calls: [] };
  readonly #clock: { now: number };

  constructor(clock: { now: number }) {
    this.#clock = clock;
  }

  open(order: string, amount: number, email: string): void {
    const { sessions, calls } = this.ledger;
    calls.push({ route: 'POST /v1/checkout/sessions', outcome: '200', count: 1 });
    if (!sessions.some((session) => session.order === order)) sessions.push({ id: `cs_${order}`, order, status: 'open', amount, currency: 'gbp', email });
  }

  charge(order: string, amount: number): void {
    const { sessions, charges } = this.ledger;
    const session = sessions.find((each) => each.order === order);
    if (session) session.status = 'complete';
    else sessions.push({ id: `cs_${order}`, order, status: 'complete', amount, currency: 'gbp', email: 'w.somebody@example.com' });
    charges.push({ id: `ch_${charges.length}`, order, amount, currency: 'gbp', status: 'succeeded', created: this.#seconds() });
  }

  refund(order: string, amount: number): void {
    this.ledger.refunds.push({ id: `re_${order}`, order, amount, currency: 'gbp' });
    this.ledger.calls.push({ route: 'POST /v1/refunds', outcome: '200', count: 1 });
  }

  tell(order: string, { type = COMPLETED, lie }: { type?: string; lie?: 'forged' } = {}): { id: string; type: string; order: string } {
    const event = { id: `evt_${lie ?? type}_${order}`, type, order };
    this.ledger.events.push({ ...event, created: this.#seconds(), ended: true, acknowledged: lie === undefined, ...(lie && { lie }) });
    return event;
  }

  #seconds(): number {
    return Math.floor(this.#clock.now / 1000);
  }
}
