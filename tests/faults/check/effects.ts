import { type Facts, isSold } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

/**
 * Whoever is killed between a mail server's yes and the note of it sends the mail again, by the same name: a mail program shows one.
 * More often than this is no accident.
 */
const COPIES = 3;

const files = (mails: readonly { file: string }[]) => [...new Set(mails.map(({ file }) => file))];

/** I13: whoever bought is told so by one mail, and nobody else. An order that was sold and cancelled later may have one. */
export function effectsExactlyOnce({ world: { after, mails, prefix, calm = false }, charged, order: find }: Facts): Violation[] {
  const ours = mails.filter(({ file, to }) => find(orderOf(file)) !== undefined || to.includes(`${prefix}.`));
  const ofOrder = Map.groupBy(ours, ({ file }) => orderOf(file));
  const ofMessage = Map.groupBy(ours, ({ messageId }) => messageId);
  return [
    after.orders.flatMap((order) => {
      const { id, email, state, paymentMethod } = order;
      const sent = ofOrder.get(id) ?? [];
      const wasSold = isSold(order) || paymentMethod === 'on_delivery' || charged(id) > 0;
      return [
        when(isSold(order) && sent.length === 0, violated('I13', `order ${id} is ${state}, and no mail says so`)),
        when(new Set(sent.map(({ messageId }) => messageId)).size > 1, violated('I13', `order ${id} was confirmed by ${sent.length} mails`)),
        when(sent.length > (calm ? 1 : COPIES), violated('I13', `order ${id} was confirmed ${sent.length} times`)),
        when(sent.length > 0 && !wasSold, violated('I13', `order ${id} is ${state} and was never sold, and a mail confirms it`)),
        sent.flatMap(({ to }) => when(!to.includes(email), violated('I13', `order ${id} of ${email} was confirmed to ${to}`))),
      ].flat();
    }),
    ours.flatMap(({ file, to }) => when(find(orderOf(file)) === undefined, violated('I13', `${file} to ${to} confirms no order`))),
    [...ofMessage].flatMap(([messageId, copies]) => when(files(copies).length > 1, violated('I13', `${files(copies).join(' and ')} are both called ${messageId}`))),
  ].flat();
}

/** One file for each order, named by it; another copy has more in its name. */
function orderOf(file: string): string {
  return file.slice(0, 36);
}
