import { Layout } from '../../shared/layout.tsx';
import { Message } from '../../shared/message.tsx';
import { formatMoney } from '../../shared/money.ts';
import type { OrderSummary } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { STATES } from './states.ts';

interface ListProps {
  shop: Shop;
  orders: OrderSummary[];
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Europe/London' });

export function OrderListPage({ shop, orders }: ListProps) {
  return (
    <Layout shop={shop} title="Your orders">
      {orders.length === 0 ? (
        <Message shop={shop} picture="1f4e6" tint={30} title="No orders from this device yet">
          <p>Orders made here are listed here, without an account. One made elsewhere opens by its private link.</p>
          <p class="message-actions">
            <a class="button" href="/">
              To the shop
            </a>
          </p>
        </Message>
      ) : (
        <div class="wrap narrow">
          <h1>Your orders</h1>
          <ul class="order-list" role="list">
            {orders.map(({ id, number, state, placedAt, total, refunded }) => (
              <li class="order-row">
                <a class="order-row-number card-link" href={`/orders/${id}`} safe>
                  {number}
                </a>
                <span class="order-row-date" safe>
                  {[DAY.format(new Date(placedAt)), ...(refunded === undefined || state === 'refunded' ? [] : [`${formatMoney(refunded)} returned`])].join(' · ')}
                </span>
                <span class={`state state-${state}`} safe>
                  {STATES[state].short}
                </span>
                <span class="order-row-total numbers" safe>
                  {formatMoney(total)}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Layout>
  );
}
