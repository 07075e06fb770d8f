import type { Children } from '@kitajs/html';
import { Layout } from '../../shared/layout.tsx';
import { Message } from '../../shared/message.tsx';
import { Notice } from '../../shared/notice.tsx';
import type { Cart, Order, OrderSummary } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { WaitingNote } from '../orders/waiting-note.tsx';
import { CartContent } from './content.tsx';
import { isShortOf } from './problems.ts';

interface CartProps {
  shop: Shop;
  cart: Cart;
  /** The shopper's own order that still waits for its payment. */
  waiting: Order | undefined;
  /** Their newest order, where it is known: an empty cart tells of it. */
  newest?: OrderSummary | undefined;
  /** Stands above the cart, instead of the note about that order. */
  notice?: Children;
}

export function CartPage({ shop, cart, waiting, newest, notice }: CartProps) {
  return (
    <Layout shop={shop} title="Your cart">
      <div class="wrap">
        {notice}
        {notice === undefined && waiting !== undefined && <WaitingNote order={waiting} back="cart" short={isShortOf(cart, waiting)} />}
        <CartContent shop={shop} cart={cart} waiting={waiting} newest={newest} />
      </div>
    </Layout>
  );
}

export function RefusedPage({ shop, reason }: { shop: Shop; reason: string }) {
  return (
    <Layout shop={shop} title="Not added">
      <Message shop={shop} picture="1f9fa" tint={30} title="That did not go into your cart">
        <p safe>{reason}</p>
        <p class="message-actions">
          <a class="button" href="/cart">
            See your cart
          </a>
          <a class="button button-quiet" href="/">
            Back to the shop
          </a>
        </p>
      </Message>
    </Layout>
  );
}

export function RefusedNotice({ reason }: { reason: string }) {
  return (
    <Notice>
      <span safe>{reason}</span>
    </Notice>
  );
}
