import { Note } from '../../shared/note.tsx';
import type { Order } from '../../shared/shapes.ts';

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Europe/London' });

/** For a shopper who came back from the payment page without paying. `order` is what they were paying for, if it still waits. */
export function TurnedBack({ order }: { order: Order | undefined }) {
  const url = order?.payment.url;
  return (
    <Note kind="info" title="The payment was not completed">
      <p>Nothing was charged and nothing is lost: everything is still in your cart.</p>
      {order === undefined || url === undefined ? (
        <p>
          <a href="/checkout">Try again</a> with another card, or pay on delivery.
        </p>
      ) : (
        <>
          <p safe>{`Order ${order.number} is put aside for you${untilOf(order)}. You can still pay for it, or let it go and change your cart first.`}</p>
          <div class="note-actions">
            <a class="button button-small" href={url} rel="noreferrer">
              Back to the payment
            </a>
            <form method="post" action={`/orders/${order.id}/cancel`}>
              <input type="hidden" name="back" value="cart" />
              <button class="button button-quiet button-small" type="submit">
                Let it go
              </button>
            </form>
          </div>
        </>
      )}
    </Note>
  );
}

function untilOf({ payment: { payUntil } }: Order): string {
  return payUntil === undefined ? '' : ` until ${TIME.format(new Date(payUntil))}`;
}
