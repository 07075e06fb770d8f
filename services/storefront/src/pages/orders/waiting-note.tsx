import { Note } from '../../shared/note.tsx';
import type { Order } from '../../shared/shapes.ts';

interface WaitingProps {
  order: Order;
  /** Where to go on when the order has been let go. */
  back: 'cart' | 'checkout';
  /** True when the cart wants what the order holds, and there is not enough for both. */
  short?: boolean;
}

/** Above the cart and the checkout, for whoever has an order that is neither paid nor given up. */
export function WaitingNote(props: WaitingProps) {
  return (
    <Note kind="info" title="An order is waiting for your payment">
      <WaitingOrder {...props} />
    </Note>
  );
}

/** What it is, until when, and the two ways out. */
export function WaitingOrder({ order, back, short = false }: WaitingProps) {
  const { id, number, payment } = order;
  return (
    <>
      <p safe>{`Order ${number} is put aside for you${untilOf(order)}. ${waysOut(payment.url !== undefined, back)}`}</p>
      {short && <p>It holds the last of what your cart wants too, which is why that shows as sold out or short here. Let it go, and you can order it anew.</p>}
      <div class="note-actions">
        {payment.url !== undefined && (
          <a class="button button-small" href={payment.url} rel="noreferrer">
            Back to the payment
          </a>
        )}
        <form method="post" action={`/orders/${id}/cancel`}>
          <input type="hidden" name="back" value={back} />
          <button class="button button-quiet button-small" type="submit">
            Let it go
          </button>
        </form>
      </div>
    </>
  );
}

function waysOut(payable: boolean, back: WaitingProps['back']): string {
  const instead = back === 'cart' ? 'let it go and change your cart first.' : 'let it go. If you order below instead, the new order takes its place.';
  return payable ? `You can still pay for it, or ${instead}` : `You can ${instead}`;
}

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Europe/London' });

function untilOf({ payment: { payUntil } }: Order): string {
  return payUntil === undefined ? '' : ` until ${TIME.format(new Date(payUntil))}`;
}
