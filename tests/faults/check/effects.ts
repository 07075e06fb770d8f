import { type Facts, isSold } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

/** I13: whoever bought is told so by one mail, and nobody else. An order that was sold and cancelled later may have one. */
export function effectsExactlyOnce({ world: { after, mails, prefix }, charged, order: find }: Facts): Violation[] {
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
        when(sent.length > 1, violated('I13', `order ${id} was confirmed ${sent.length} times`)),
        when(sent.length > 0 && !wasSold, violated('I13', `order ${id} is ${state} and was never sold, and a mail confirms it`)),
        sent.flatMap(({ to }) => when(!to.includes(email), violated('I13', `order ${id} of ${email} was confirmed to ${to}`))),
      ].flat();
    }),
    ours.flatMap(({ file, to }) => when(find(orderOf(file)) === undefined, violated('I13', `${file} to ${to} confirms no order`))),
    [...ofMessage].flatMap(([messageId, copies]) => when(copies.length > 1, violated('I13', `${copies.map(({ file }) => file).join(' and ')} are both called ${messageId}`))),
  ].flat();
}

/** One file for each order, named by it; another copy has more in its name. */
function orderOf(file: string): string {
  return file.slice(0, 36);
}

const RETRY_BUDGET = 1.2;
/** Of few calls a single repeat is a large share. */
const FEW = 10;

/** I17: what clients ask once is asked further inside about once. */
export function retryBudget({ world: { calls, callsBefore, ledger, before, after } }: Facts): Violation[] {
  const orders = calls.filter(({ kind }) => kind === 'order');
  const byCard = orders.filter(({ ask }) => ask?.paymentMethod === 'card').length;
  const opened = openings(ledger.calls) - openings(callsBefore);
  // Statistics do not outlive a crash of the server: then they say nothing.
  const claims = after.claims < before.claims ? 0 : after.claims - before.claims;
  const tooMany = (count: number, asked: number) => count > asked * RETRY_BUDGET + FEW;
  return [
    when(tooMany(opened, byCard), violated('I17', `${byCard} calls of clients became ${opened} calls to the provider`)),
    when(tooMany(claims, orders.length), violated('I17', `${orders.length} calls of clients became ${claims} claims of a key`)),
  ].flat();
}

function openings(calls: readonly { route: string; count: number }[]): number {
  return calls.filter(({ route }) => route === 'POST /v1/checkout/sessions').reduce((sum, { count }) => sum + count, 0);
}
