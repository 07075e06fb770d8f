import { confirmationOf } from '../mail/confirmation.ts';
import { MailRefused } from '../mail/mailer.ts';
import { isSold } from '../orders/states.ts';
import { CannotSucceed, type JobDeps } from './deps.ts';

/** Tells the shopper that the order is placed, unless it has ended meanwhile. A mail sent again is the same mail. */
export async function sendConfirmation({ sales, mailer, links, log }: JobDeps, { orderId }: { orderId: string }): Promise<void> {
  const order = await sales.order(orderId);
  if (!order || order.confirmed_at !== null || !isSold(order)) return;
  try {
    await mailer.send(confirmationOf(order, links.urlOf(orderId)));
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    log.error({ orderId, err: error }, 'the confirmation of an order was refused and is not sent again');
    throw new CannotSucceed(error.message);
  }
  await sales.note(orderId, { confirmed: true });
}
