import { Layout } from '../../shared/layout.tsx';
import { Message } from '../../shared/message.tsx';
import type { Shop } from '../../shared/shop.ts';

/** Seconds between two looks at an order that is not yet known. */
const LOOK_AGAIN = 3;

/** What makes the page look again by itself, with the script; what it finds takes the place of `#order`. */
export function lookAgain(path: string) {
  return { 'hx-get': path, 'hx-trigger': `every ${LOOK_AGAIN}s`, 'hx-select': '#order', 'hx-target': '#order', 'hx-swap': 'outerHTML' };
}

/** The same without it. */
export function LookAgain() {
  return (
    <noscript>
      <meta http-equiv="refresh" content={`${LOOK_AGAIN}`} />
    </noscript>
  );
}

/** The order is there, and nobody can say at the moment how it stands: also for who has paid a second ago. */
export function LookingPage({ shop, path }: { shop: Shop; path: string }) {
  return (
    <Layout shop={shop} title="One moment, please" head={<LookAgain />}>
      <div id="order" {...lookAgain(path)}>
        <Message shop={shop} picture="231b" tint={225} title="We are confirming your order">
          <p role="status">
            The part of the shop that keeps orders did not answer in time. If you have just paid, we are confirming your payment: it is not lost, and there is no need to pay or to order again.
          </p>
          <p>This page looks again by itself.</p>
        </Message>
      </div>
    </Layout>
  );
}
