import { countryName } from '../../shared/countries.ts';
import { SHIPPING, SHIPPING_METHODS } from '../../shared/delivery.ts';
import { Layout } from '../../shared/layout.tsx';
import { Message } from '../../shared/message.tsx';
import type { Shop } from '../../shared/shop.ts';
import type { CheckoutForm, CheckoutValues } from './form.ts';
import { CheckoutFooter, CheckoutHeader, SENT_IN_PLACE } from './view.tsx';

interface WaitProps {
  shop: Shop;
  form: CheckoutForm;
}

/**
 * The order may or may not have gone through. Everything typed comes along, with the same key: pressing again cannot order twice.
 * It can be read and not changed, since with other details it would be another order.
 */
export function WaitPage({ shop, form }: WaitProps) {
  const { values, key, shownTotal, shownCart } = form;
  return (
    <Layout shop={shop} title="Not confirmed yet" header={<CheckoutHeader />} footer={<CheckoutFooter />}>
      <div id="checkout">
        <Message shop={shop} picture="231b" tint={210} title="Your order is not confirmed yet">
          <p id="problem" tabindex="-1" role="alert">
            We could not tell in time whether it went through. Wait a few seconds and press the button again: that is safe, because nothing is ordered or charged twice.
            {values.payment === 'card' && ' The button itself charges nothing: you pay on our payment provider’s page, which opens next.'}
          </p>
          <form method="post" action="/checkout" data-once {...SENT_IN_PLACE}>
            <input type="hidden" name="key" value={key} />
            {SHIPPING_METHODS.map((method) => (
              <input type="hidden" name={`total-${method}`} value={String(shownTotal ?? 0)} />
            ))}
            {shownCart !== undefined && <input type="hidden" name="cart" value={shownCart} />}
            {Object.entries(values).map(([name, value]) => (
              <input type="hidden" name={name} value={value} />
            ))}
            <button class="button" type="submit">
              Try again
            </button>
          </form>
          <Typed values={values} />
        </Message>
      </div>
    </Layout>
  );
}

function Typed({ values }: { values: CheckoutValues }) {
  const { email, name, line1, line2, city, postcode, country, shipping, payment } = values;
  return (
    <section class="typed small" aria-labelledby="typed-title">
      <h2 class="typed-title" id="typed-title">
        What you asked for
      </h2>
      <p safe>{[name, line1, line2, `${city} ${postcode}`, countryName(country)].filter(Boolean).join(', ')}</p>
      <p safe>{`${SHIPPING[shipping].name}, paid ${payment === 'card' ? 'by card' : 'on delivery'}. Questions go to ${email}.`}</p>
      <p>These details stay as they are until we know what came of the order. If you would rather change them, look under <a href="/orders">your orders</a> first.</p>
    </section>
  );
}
