import { formatMoney } from '../../shared/money.ts';
import type { Order } from '../../shared/shapes.ts';

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Europe/London' });

/** What goes back of the money that came, in full or in part. */
export function Refunds({ refunds }: { refunds: NonNullable<Order['payment']['refunds']> }) {
  return (
    <>
      <h3>Refunds</h3>
      <dl class="sums">
        {refunds.map(({ amount, state, at }) => (
          <div>
            <dt>{state === 'done' ? `Returned on ${DAY.format(new Date(at))}` : 'On its way back to you'}</dt>
            <dd safe>{formatMoney(amount)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
