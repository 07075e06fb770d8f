import { FREE_FROM } from '../../shared/delivery.ts';
import { Icon } from '../../shared/icons.tsx';
import { itemsIn } from '../../shared/item-count.ts';
import { formatMoney, formatRound } from '../../shared/money.ts';
import type { Cart, Order, OrderSummary } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { Tile } from '../../shared/tile.tsx';
import { ToneFilters } from '../../shared/tone.tsx';
import { STATES } from '../orders/states.ts';
import { heldBy } from '../orders/waiting.ts';
import { Line } from './line.tsx';
import { isBlocked } from './problems.ts';

interface ContentProps {
  shop: Shop;
  cart: Cart;
  /** The shopper's own order that still waits for its payment, where it is known. */
  waiting?: Order | undefined;
  /** Their newest order, where it is known: an empty cart tells of it. */
  newest?: OrderSummary | undefined;
}

/** The part of the page that a changed line renews. */
export function CartContent({ shop, cart, waiting, newest }: ContentProps) {
  return (
    <div class="cart" id="cart">
      <ToneFilters colours={cart.lines.map(({ picture }) => picture?.recolour)} />
      {cart.lines.length === 0 ? <EmptyCart shop={shop} newest={newest} /> : <FullCart shop={shop} cart={cart} waiting={waiting} />}
    </div>
  );
}

function FullCart({ shop, cart, waiting }: Omit<ContentProps, 'newest'>) {
  const held = heldBy(waiting);
  const items = itemsIn(cart);
  return (
    <>
      <h1>
        Your cart{' '}
        <span class="cart-items" safe>
          {items === 1 ? '1 item' : `${items} items`}
        </span>
      </h1>
      <div class="beside">
        <ul class="lines" role="list">
          {cart.lines.map((line) => (
            <Line assets={shop.assets} line={line} held={held.has(line.sku)} />
          ))}
        </ul>
        <Summary cart={cart} />
      </div>
    </>
  );
}

function Summary({ cart }: { cart: Cart }) {
  return (
    <aside class="summary" aria-labelledby="summary-title">
      <h2 id="summary-title">Summary</h2>
      <dl class="sums">
        <div>
          <dt>Items</dt>
          <dd safe>{formatMoney(cart.subtotal)}</dd>
        </div>
        <div>
          <dt>Delivery</dt>
          <dd class="sums-soft">chosen at checkout</dd>
        </div>
        <div class="sums-total">
          <dt>Total so far</dt>
          <dd safe>{formatMoney(cart.subtotal)}</dd>
        </div>
      </dl>
      {isBlocked(cart) ? (
        <p class="summary-blocked">
          <Icon name="info" />
          <span>Some lines need a look before you can check out.</span>
        </p>
      ) : (
        <a class="button button-wide" href="/checkout">
          Check out
        </a>
      )}
      <p class="summary-note" safe>
        {`VAT included. Standard delivery is free from ${formatRound({ amount: FREE_FROM, currency: cart.subtotal.currency })}.`}
      </p>
    </aside>
  );
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/London' });

/** An order empties it: whoever did not see that theirs was placed learns it here, before ordering again. */
function EmptyCart({ shop, newest }: Pick<ContentProps, 'shop' | 'newest'>) {
  return (
    <section class="message">
      <Tile assets={shop.assets} name="Cart" picture="1f9fa" tint={30} size={128} class="alcove alcove-small" eager />
      <h1>Your cart is empty</h1>
      <div class="message-body">
        <p>Whatever you put in it stays here for you, on this device, without an account.</p>
        <p>
          {newest === undefined ? (
            <>
              What you have ordered stands under <a href="/orders">your orders</a>.
            </>
          ) : (
            <>
              Your latest order is{' '}
              <a href={`/orders/${newest.id}`} safe>
                {newest.number}
              </a>
              <span safe>{` of ${DAY.format(new Date(newest.placedAt))}: ${STATES[newest.state].short.toLowerCase()}.`}</span>
            </>
          )}
        </p>
        <p class="message-actions">
          <a class="button" href="/search?sort=featured">
            See what people buy
          </a>
          <a class="button button-quiet" href="/">
            Back to the shop
          </a>
        </p>
      </div>
    </section>
  );
}
