import type { Snapshot } from '../history/rows.ts';
import { type Facts, isSold, outcomeOf } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

const UNENDED = new Set(['opening', 'open', 'refunding']);

/** I8: nothing is half done, and what nobody knows the answer to was done wholly or not at all. */
export function nothingHalfDone({ world: { before, after }, checkouts, charged, returned, owed }: Facts): Violation[] {
  const said = (what: string) => violated('I8', what);
  const jobs = (left: Snapshot['jobs']) => left.map(({ task, payload, lastError }) => `job ${task} ${JSON.stringify(payload)} is left (${lastError?.slice(0, 200) ?? 'no error'})`);
  // What an earlier schedule left behind has been told of by then.
  const old = new Set(jobs(before.jobs));
  return [
    after.orders.flatMap((order) => {
      const { id, state, stock, cartClearedAt, confirmedAt } = order;
      return [
        when(state === 'awaiting_payment', said(`order ${id} still awaits payment`)),
        when(stock !== (isSold(order) ? 'committed' : 'released'), said(`order ${id} is ${state} and its stock ${stock}`)),
        when(isSold(order) && cartClearedAt === null, said(`order ${id} is ${state} and its cart not cleared`)),
        when(isSold(order) && confirmedAt === null, said(`order ${id} is ${state} and not confirmed`)),
      ].flat();
    }),
    after.payments.flatMap(({ order, state }) => when(UNENDED.has(state), said(`the payment of order ${order} is ${state}`))),
    after.refunds.flatMap(({ order, state }) => when(state !== 'done', said(`a refund of order ${order} is ${state}`))),
    after.events.flatMap(({ id, order, processed }) => when(!processed, said(`event ${id} of order ${order} is not processed`))),
    after.keys.flatMap(({ key, status, abandoned }) => when(status === null && !abandoned, said(`key ${key} has no answer and is not abandoned`))),
    jobs(after.jobs).flatMap((job) => when(!old.has(job), said(job))),
    checkouts
      .filter(({ calls }) => outcomeOf(calls) === 'info')
      .flatMap(({ shopper, key, orders }) =>
        orders.flatMap((order) => {
          const net = charged(order.id) - returned(order.id);
          return when(net !== owed(order), said(`key ${key} of ${shopper} never got an answer; order ${order.id} is ${order.state}, and ${net} was charged`));
        }),
      ),
  ].flat();
}
