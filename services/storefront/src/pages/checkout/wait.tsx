import { Layout } from '../../shared/layout.tsx';
import { Message } from '../../shared/message.tsx';
import type { ShippingMethod } from '../../shared/delivery.ts';
import type { Shop } from '../../shared/shop.ts';
import type { CheckoutForm } from './form.ts';
import { CheckoutFooter, CheckoutHeader } from './view.tsx';

interface WaitProps {
  shop: Shop;
  form: CheckoutForm;
  methods: readonly ShippingMethod[];
}

/** The order may or may not have gone through. Everything typed comes along, with the same key: pressing again cannot order twice. */
export function WaitPage({ shop, form, methods }: WaitProps) {
  const { values, key, shownTotal } = form;
  return (
    <Layout shop={shop} title="One moment" header={<CheckoutHeader />} footer={<CheckoutFooter />}>
      <Message shop={shop} picture="231b" tint={210} title="We are busy, and have kept your order">
        <p>Your order has not been confirmed yet. Wait a few seconds and press the button again: it is the same order, so nothing is ordered or charged twice.</p>
        <form method="post" action="/checkout" data-once>
          <input type="hidden" name="key" value={key} />
          {methods.map((method) => (
            <input type="hidden" name={`total-${method}`} value={String(shownTotal ?? 0)} />
          ))}
          {Object.entries(values).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button class="button" type="submit">
            Try again
          </button>
        </form>
      </Message>
    </Layout>
  );
}
