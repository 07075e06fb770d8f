import { type Facts, isSold } from './facts.ts';
import { type Violation, violated } from './violation.ts';

/** I13: whoever bought is told so by one mail, and nobody else. An order that was sold and cancelled later may have one. */
export function effectsExactlyOnce({ world: { after, mails, prefix }, charged, order: find }: Facts): Violation[] {
  const ours = mails.filter(({ file, to }) => find(orderOf(file)) !== undefined || to.includes(`${prefix}.`));
  const ofOrder = Map.groupBy(ours, ({ file }) => orderOf(file));
  const ofMessage = Map.groupBy(ours, ({ messageId }) => messageId);
  return [
    ...after.orders.flatMap((order) => {
      const { id, email, state, paymentMethod } = order;
      const sent = ofOrder.get(id) ?? [];
      const wasSold = paymentMethod === 'on_delivery' || charged(id) > 0;
      return [
        ...(isSold(order) && sent.length === 0 ? [violated('I13', `order ${id} is ${state}, and no mail says so`)] : []),
        ...(sent.length > 1 ? [violated('I13', `order ${id} was confirmed ${sent.length} times`)] : []),
        ...(sent.length > 0 && !isSold(order) && !wasSold ? [violated('I13', `order ${id} is ${state} and was never sold, and a mail confirms it`)] : []),
        ...sent.filter(({ to }) => !to.includes(email)).map(({ to }) => violated('I13', `order ${id} of ${email} was confirmed to ${to}`)),
      ];
    }),
    ...[...ofOrder].filter(([id]) => find(id) === undefined).map(([, [mail]]) => violated('I13', `${mail?.file} to ${mail?.to} confirms no order`)),
    ...[...ofMessage].filter(([, copies]) => copies.length > 1).map(([messageId, copies]) => violated('I13', `${copies.map(({ file }) => file).join(' and ')} are both called ${messageId}`)),
  ];
}

/** One file for each order, named by it; a second one has more in its name. */
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
  const within = (count: number, asked: number) => count <= asked * RETRY_BUDGET + FEW;
  return [
    ...(within(opened, byCard) ? [] : [violated('I17', `${byCard} calls of clients became ${opened} calls to the provider`)]),
    ...(within(claims, orders.length) ? [] : [violated('I17', `${orders.length} calls of clients became ${claims} claims of a key`)]),
  ];
}

function openings(calls: readonly { route: string; count: number }[]): number {
  return calls.filter(({ route }) => route === 'POST /v1/checkout/sessions').reduce((sum, { count }) => sum + count, 0);
}
