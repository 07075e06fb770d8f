import { Layout } from '../../shared/layout.tsx';
import { formatMoney } from '../../shared/money.ts';
import { orderPath } from '../../shared/order-id.ts';
import { Note } from '../../shared/note.tsx';
import { optionsText } from '../../shared/options.ts';
import type { Order } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { Tile } from '../../shared/tile.tsx';
import { ToneFilters } from '../../shared/tone.tsx';
import { countryName } from '../../shared/countries.ts';
import { deliveryEstimate, LEAVES_TODAY, SHIPPING } from '../../shared/delivery.ts';
import { Sums } from '../checkout/summary.tsx';
import { CountAgain } from './count-again.tsx';
import { LookAgain, lookAgain } from './looking.tsx';
import { Refunds } from './refunds.tsx';
import { isPlaced, wordsOf } from './states.ts';

interface OrderProps {
  shop: Shop;
  order: Order;
  /** The private key of the link by which the shopper came. */
  key: string | undefined;
  /** Whether it is the shopper's own. Whoever merely has the link may look, and change nothing. */
  own: boolean;
  /** Items in the cart, while what was ordered is still counted there. */
  had: number | undefined;
  /** True when a cancellation got no answer in time. */
  notCancelled: boolean;
}

export function OrderPage({ shop, order, key, own, had, notCancelled }: OrderProps) {
  const path = orderPath(order.id, key);
  const waiting = order.state === 'awaiting_payment';
  return (
    <Layout shop={shop} title={wordsOf(order).title} head={waiting && <LookAgain />}>
      {notCancelled && order.cancellable && <NotCancelled />}
      <div class="order wrap" id="order" {...(waiting && lookAgain(path))}>
        {had !== undefined && <CountAgain had={had} looks={0} />}
        <OrderHead shop={shop} order={order} />
        <div class="beside">
          <div class="order-main">
            {isPlaced(order.state) && <Next order={order} />}
            {key !== undefined && <PrivateLink shop={shop} path={path} />}
            <Goods shop={shop} order={order} />
          </div>
          <OrderAside order={order} own={own} />
        </div>
      </div>
    </Layout>
  );
}

function NotCancelled() {
  return (
    <div class="order-note wrap">
      <Note kind="warn" title="The order could not be cancelled just now" id="problem">
        <p>Whoever had to agree did not answer in time. It stands as you see it here: wait a few seconds and press “Cancel this order” again.</p>
      </Note>
    </div>
  );
}

function OrderHead({ shop, order }: { shop: Shop; order: Order }) {
  const { title, text, picture } = wordsOf(order);
  const waiting = order.state === 'awaiting_payment';
  return (
    <div class="order-head">
      <Tile assets={shop.assets} name={title} picture={picture} tint={225} size={112} class={['alcove', 'alcove-small', waiting && 'alcove-waiting'].filter(Boolean).join(' ')} eager />
      <div>
        <p class="order-number">
          Order <b safe>{order.number}</b>
        </p>
        <h1 safe>{title}</h1>
        <p class="order-text" role="status" safe>
          {text}
        </p>
        {waiting && order.payment.url !== undefined && (
          <p>
            <a class="button button-quiet" href={order.payment.url} rel="noreferrer">
              Not paid yet? Go to the payment page
            </a>
          </p>
        )}
      </div>
    </div>
  );
}

function Next({ order }: { order: Order }) {
  const { shippingMethod, state } = order;
  return (
    <section class="next" aria-labelledby="next-title">
      <h2 id="next-title">What comes next</h2>
      <ol class="next-list" role="list">
        <li>
          <h3>We pack your parcel</h3>
          <p>{`On the day of your order if you placed it ${LEAVES_TODAY}, otherwise on the next working day.`}</p>
        </li>
        <li>
          <h3>You can look in at any time</h3>
          <p>This page says what you ordered and how the order stands; it cannot follow the parcel on its way yet. Keep its address, or find it under your orders on this device.</p>
        </li>
        <li>
          <h3>It arrives</h3>
          <p>
            {SHIPPING[shippingMethod].name}: <b safe>{deliveryEstimate(shippingMethod, new Date(order.placedAt))}</b>
            {state === 'accepted' && <span safe>{`. Please have ${formatMoney(order.total)} ready, in cash or by card`}</span>}.
          </p>
        </li>
      </ol>
    </section>
  );
}

function PrivateLink({ shop, path }: { shop: Shop; path: string }) {
  return (
    <section class="private-link" aria-labelledby="link-title">
      <h2 id="link-title">Find this order again</h2>
      <p id="link-hint">This private link opens the order on any device. Whoever has it can see the order, so keep it to yourself.</p>
      <div class="copy" data-copy>
        <input class="copy-field" type="text" readonly value={`${shop.publicUrl}${path}`} aria-labelledby="link-title" aria-describedby="link-hint" />
        <button class="button button-quiet copy-button" type="button" hidden>
          Copy
        </button>
      </div>
    </section>
  );
}

function Goods({ shop, order }: { shop: Shop; order: Order }) {
  return (
    <section aria-labelledby="goods-title">
      <ToneFilters colours={order.lines.map(({ picture }) => picture?.recolour)} />
      <h2 id="goods-title">What you ordered</h2>
      <ul class="goods" role="list">
        {order.lines.map(({ name, options, picture, tint, quantity, total }) => (
          <li class="summary-line">
            <Tile assets={shop.assets} name={name} picture={picture?.name} tint={tint} size={56} recolour={picture?.recolour} class="tile-small tile-medium" />
            <p>
              <span safe>{name}</span>
              <span class="soft small" safe>
                {[optionsText(options), `Quantity ${quantity}`].filter(Boolean).join(' · ')}
              </span>
            </p>
            <span class="numbers" safe>
              {formatMoney(total)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function OrderAside({ order, own }: { order: Order; own: boolean }) {
  const { name, line1, line2, city, postcode, country } = order.address;
  return (
    <aside class="summary" aria-labelledby="sums-title">
      <h2 id="sums-title">Summary</h2>
      <Sums quote={order} />
      <h3>Delivered to</h3>
      <address class="order-address">
        {[name, line1, line2, `${city} ${postcode}`, countryName(country)]
          .filter((line) => line !== undefined && line !== '')
          .map((line) => (
            <span safe>{line}</span>
          ))}
      </address>
      <h3>Payment</h3>
      <p>{order.payment.method === 'card' ? 'Card' : 'On delivery'}</p>
      {order.payment.refunds !== undefined && <Refunds refunds={order.payment.refunds} />}
      {order.cancellable && own && (
        <form method="post" action={`/orders/${order.id}/cancel`}>
          <button class="link-button link-button-flush" type="submit">
            Cancel this order
          </button>
        </form>
      )}
    </aside>
  );
}
