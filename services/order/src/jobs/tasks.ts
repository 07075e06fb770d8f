import type { Task, TaskList } from 'graphile-worker';
import { applyPaymentEvent } from './apply-payment-event.ts';
import { attempt } from './attempt.ts';
import { type JobDeps, withPatience } from './deps.ts';
import { endAbandonedCheckout } from './end-abandoned.ts';
import { expireOrder } from './expire-order.ts';
import { finishSale } from './finish-sale.ts';
import { followPayment } from './follow-payment.ts';
import type { TaskName, Tasks } from './names.ts';
import { refundPayment } from './refund-payment.ts';
import { releaseStock } from './release-stock.ts';
import { sendConfirmation } from './send-confirmation.ts';

const tasks: { [Name in TaskName]: (deps: JobDeps, payload: Tasks[Name]) => Promise<void> } = {
  'finish-sale': finishSale,
  'release-stock': releaseStock,
  'expire-order': expireOrder,
  'follow-payment': followPayment,
  'apply-payment-event': applyPaymentEvent,
  'end-abandoned': endAbandonedCheckout,
  'refund-payment': refundPayment,
  'send-confirmation': sendConfirmation,
  'commit-stock': finishSale,
  'clear-cart': finishSale,
};

/** What waits for strangers, the payment provider or a mail server, has slots of its own: however slow they are, the rest goes on. */
const SLOW: ReadonlySet<string> = new Set<TaskName>(['apply-payment-event', 'expire-order', 'follow-payment', 'refund-payment', 'send-confirmation']);

/** Each may run twice, at once or again after being interrupted anywhere: what is done already is found done. */
export function taskLists(deps: JobDeps): { quick: TaskList; slow: TaskList } {
  const all = Object.entries(tasks).map(([name, run]): [string, Task] => [name, (payload, helpers) => attempt(() => withPatience(() => run(deps, payload as never)), helpers, deps)]);
  return { quick: Object.fromEntries(all.filter(([name]) => !SLOW.has(name))), slow: Object.fromEntries(all.filter(([name]) => SLOW.has(name))) };
}
