import { Note } from '../../shared/note.tsx';
import type { Cart, Order } from '../../shared/shapes.ts';
import { WaitingOrder } from '../orders/waiting-note.tsx';
import { isBlocked, isShortOf } from './problems.ts';

interface TurnedBackProps {
  cart: Cart;
  /** What the shopper was paying for: it still waits, or was cancelled. Absent when that is not known. */
  order: Order | undefined;
}

/** For a shopper who came back from the payment page without paying. */
export function TurnedBack({ cart, order }: TurnedBackProps) {
  const whole = cart.lines.length > 0 && !isBlocked(cart);
  return (
    <Note kind="info" title="The payment was not completed">
      {order === undefined ? (
        <p>
          How the order stands is said among <a href="/orders">your orders</a>.
        </p>
      ) : (
        <p>{whole ? 'Nothing was charged and nothing is lost: everything is still in your cart.' : 'Nothing was charged.'}</p>
      )}
      {order?.state === 'awaiting_payment' ? (
        <WaitingOrder order={order} back="cart" short={isShortOf(cart, order)} />
      ) : (
        whole && (
          <p>
            <a href="/checkout">Try again</a> with another card, or pay on delivery.
          </p>
        )
      )}
    </Note>
  );
}
