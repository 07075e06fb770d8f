import { Icon } from '../../shared/icons.tsx';
import { Home } from '../../shared/header.tsx';
import { Layout } from '../../shared/layout.tsx';
import { Message } from '../../shared/message.tsx';
import { Note } from '../../shared/note.tsx';
import type { Order } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { WaitingNote } from '../orders/waiting-note.tsx';
import { type CheckoutForm, LABELS } from './form.ts';
import { markOf, type Quotes } from './quotes.ts';
import { AddressStep, PaymentStep, ShippingStep } from './steps.tsx';
import { OrderSummary, PayButton } from './summary.tsx';

/** Why the page is shown again. */
export interface Notice {
  title: string;
  text: string;
  href?: string;
  link?: string;
}

/** With the script the answer takes the place of the form; without it the browser goes where it is sent. Also what is not known yet (503) is put there. */
export const SENT_IN_PLACE = {
  'hx-post': '/checkout',
  'hx-target': '#checkout',
  'hx-select': '#checkout',
  'hx-swap': 'outerHTML',
  'hx-status:503': 'swap:outerHTML',
  'hx-sync': 'this:drop',
};

interface CheckoutProps {
  shop: Shop;
  form: CheckoutForm;
  quotes: Quotes;
  notice?: Notice | undefined;
  /** The shopper's own order that still waits for its payment. */
  waiting?: Order | undefined;
  now: Date;
}

/** One page, three steps, and nothing else to click. The button is an order: its key comes with the page. */
export function CheckoutPage({ shop, form, quotes, notice, waiting, now }: CheckoutProps) {
  const { errors, key } = form;
  return (
    <Layout shop={shop} title={errors.length > 0 ? 'Error: checkout' : 'Checkout'} header={<CheckoutHeader />} footer={<CheckoutFooter />}>
      <div id="checkout">
        {waiting !== undefined && (
          <div class="checkout-waiting wrap">
            <WaitingNote order={waiting} back="checkout" />
          </div>
        )}
        <form class="checkout wrap" method="post" action="/checkout" novalidate data-once {...SENT_IN_PLACE}>
          <input type="hidden" name="key" value={key} />
          {Object.entries(quotes).map(([method, { total }]) => (
            <input type="hidden" name={`total-${method}`} value={String(total.amount)} />
          ))}
          <input type="hidden" name="cart" value={markOf(quotes.standard)} />
          <div class="checkout-steps">
            <h1>Checkout</h1>
            {notice !== undefined && (
              <Note kind="warn" title={notice.title} id="problem">
                <p>
                  <span safe>{notice.text}</span>{' '}
                  {notice.href !== undefined && (
                    <a href={notice.href} safe>
                      {notice.link ?? 'Go on'}
                    </a>
                  )}
                </p>
              </Note>
            )}
            <ErrorSummary form={form} />
            <AddressStep form={form} />
            <ShippingStep form={form} quotes={quotes} now={now} />
            <PaymentStep form={form} />
          </div>
          <aside class="checkout-aside" aria-labelledby="summary-title">
            <OrderSummary shop={shop} quotes={quotes} />
          </aside>
          <div class="checkout-pay">
            <PayButton quotes={quotes} />
          </div>
        </form>
      </div>
    </Layout>
  );
}

/** First thing after the heading, and focused by the script: which fields, each with a way to it. The reason stands there. */
function ErrorSummary({ form: { errors } }: { form: CheckoutForm }) {
  if (errors.length === 0) return '';
  return (
    <Note kind="bad" title={errors.length === 1 ? 'One field needs another look' : `${errors.length} fields need another look`} id="problem">
      <ul class="error-list">
        {errors.map(({ field }) => (
          <li>
            <a href={`#${field}`}>
              {LABELS[field as keyof typeof LABELS]}
            </a>
          </li>
        ))}
      </ul>
    </Note>
  );
}

/** When the button was pressed and there is nothing on the page to press again. */
export function NotOrderedPage({ shop, notice: { title, text, href, link } }: { shop: Shop; notice: Notice }) {
  return (
    <Layout shop={shop} title={title} header={<CheckoutHeader />} footer={<CheckoutFooter />}>
      <div id="checkout">
        <Message shop={shop} picture="1f9fa" tint={30} title={title}>
          <p id="problem" tabindex="-1" role="alert" safe>
            {text}
          </p>
          <p class="message-actions">
            <a class="button" href={href ?? '/cart'} safe>
              {link ?? 'See your cart'}
            </a>
            <a class="button button-quiet" href="/">
              Back to the shop
            </a>
          </p>
        </Message>
      </div>
    </Layout>
  );
}

export function CheckoutHeader() {
  return (
    <header class="checkout-header">
      <div class="wrap checkout-header-bar">
        <Home />
        <a class="checkout-back" href="/cart">
          <Icon name="bag" />
          <span>Back to the cart</span>
        </a>
      </div>
    </header>
  );
}

export function CheckoutFooter() {
  return (
    <footer class="checkout-footer wrap">
      <p>
        <Icon name="lock" />
        <span>Your details are used for this order only. Card numbers are typed on our payment provider’s page and never reach us.</span>
      </p>
    </footer>
  );
}
