import type { TaskList } from 'graphile-worker';
import { applyPaymentEvent } from './apply-payment-event.ts';
import { clearCart } from './clear-cart.ts';
import { commitStock } from './commit-stock.ts';
import type { JobDeps } from './deps.ts';
import { endAbandonedCheckout } from './end-abandoned.ts';
import { expireOrder } from './expire-order.ts';
import type { TaskName, Tasks } from './names.ts';
import { refundPayment } from './refund-payment.ts';
import { releaseStock } from './release-stock.ts';
import { sendConfirmation } from './send-confirmation.ts';

const tasks: { [Name in TaskName]: (deps: JobDeps, payload: Tasks[Name]) => Promise<void> } = {
  'commit-stock': commitStock,
  'release-stock': releaseStock,
  'clear-cart': clearCart,
  'expire-order': expireOrder,
  'apply-payment-event': applyPaymentEvent,
  'end-abandoned': endAbandonedCheckout,
  'refund-payment': refundPayment,
  'send-confirmation': sendConfirmation,
};

/** Each may run twice, at once or again after being interrupted anywhere: what is done already is found done. */
export function taskList(deps: JobDeps): TaskList {
  return Object.fromEntries(Object.entries(tasks).map(([name, run]) => [name, (payload: unknown) => run(deps, payload as never)]));
}
