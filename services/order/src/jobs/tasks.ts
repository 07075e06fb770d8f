import type { Task, TaskList } from 'graphile-worker';
import { applyPaymentEvent } from './apply-payment-event.ts';
import { attempt } from './attempt.ts';
import { clearCart } from './clear-cart.ts';
import { commitStock } from './commit-stock.ts';
import { type JobDeps, withPatience } from './deps.ts';
import { endAbandonedCheckout } from './end-abandoned.ts';
import { expireOrder } from './expire-order.ts';
import { followPayment } from './follow-payment.ts';
import type { TaskName, Tasks } from './names.ts';
import { refundPayment } from './refund-payment.ts';
import { releaseStock } from './release-stock.ts';
import { sendConfirmation } from './send-confirmation.ts';

const tasks: { [Name in TaskName]: (deps: JobDeps, payload: Tasks[Name]) => Promise<void> } = {
  'commit-stock': commitStock,
  'release-stock': releaseStock,
  'clear-cart': clearCart,
  'expire-order': expireOrder,
  'follow-payment': followPayment,
  'apply-payment-event': applyPaymentEvent,
  'end-abandoned': endAbandonedCheckout,
  'refund-payment': refundPayment,
  'send-confirmation': sendConfirmation,
};

/** What waits for strangers, the payment provider or a mail server, has slots of its own: however slow they are, the rest goes on. */
const SLOW: ReadonlySet<string> = new Set<TaskName>(['apply-payment-event', 'expire-order', 'follow-payment', 'refund-payment', 'send-confirmation']);

/** Each may run twice, at once or again after being interrupted anywhere: what is done already is found done. */
export function taskLists(deps: JobDeps): TaskList[] {
  const all = Object.entries(tasks).map(([name, run]): [string, Task] => [name, (payload, helpers) => attempt(() => withPatience(() => run(deps, payload as never)), helpers, deps)]);
  return [all.filter(([name]) => !SLOW.has(name)), all.filter(([name]) => SLOW.has(name))].map((part) => Object.fromEntries(part));
}
