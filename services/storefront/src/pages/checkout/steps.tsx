import type { Children } from '@kitajs/html';
import { COUNTRIES } from '../../shared/countries.ts';
import { deliveryEstimate, SHIPPING, SHIPPING_METHODS } from '../../shared/delivery.ts';
import { Icon } from '../../shared/icons.tsx';
import { formatMoney } from '../../shared/money.ts';
import { Field, FieldErrorText } from './field.tsx';
import { type CheckoutForm, LABELS, type PaymentMethod } from './form.ts';
import type { Quotes } from './quotes.ts';

function Step({ number, title, children }: { number: 1 | 2 | 3; title: string; children?: Children }) {
  return (
    <section class="step" aria-labelledby={`step-${number}`}>
      <h2 class="step-title" id={`step-${number}`}>
        <span class="step-number" aria-hidden="true">
          {number}
        </span>
        <span safe>{title}</span>
      </h2>
      {children}
    </section>
  );
}

export function AddressStep({ form: { values, errors } }: { form: CheckoutForm }) {
  return (
    <Step number={1} title="Who and where">
      <div class="fields">
        <Field name="email" label={LABELS.email} type="email" inputmode="email" autocomplete="email" value={values.email} errors={errors} maxlength={254} hint="Only for questions about this order." />
        <Field name="name" label={LABELS.name} autocomplete="name" value={values.name} errors={errors} maxlength={100} />
        <Field name="line1" label={LABELS.line1} autocomplete="address-line1" value={values.line1} errors={errors} maxlength={120} />
        <Field name="line2" label={LABELS.line2} autocomplete="address-line2" value={values.line2} errors={errors} maxlength={120} optional />
        <Field name="city" label={LABELS.city} autocomplete="address-level2" value={values.city} errors={errors} maxlength={80} />
        <Field name="postcode" label={LABELS.postcode} autocomplete="postal-code" value={values.postcode} errors={errors} maxlength={12} />
        <div class="field field-country">
          <label for="country">{LABELS.country}</label>
          <FieldErrorText name="country" errors={errors} />
          <span class="select">
            <select id="country" name="country" autocomplete="country">
              {COUNTRIES.map(({ code, name }) => (
                <option value={code} selected={code === values.country} safe>
                  {name}
                </option>
              ))}
            </select>
            <Icon name="down" />
          </span>
        </div>
      </div>
    </Step>
  );
}

export function ShippingStep({ form: { values, errors }, quotes, now }: { form: CheckoutForm; quotes: Quotes; now: Date }) {
  return (
    <Step number={2} title="How it gets to you">
      <fieldset class="picks" id="shipping">
        <legend class="visually-hidden">Delivery</legend>
        <FieldErrorText name="shipping" errors={errors} />
        {SHIPPING_METHODS.map((method) => (
          <label class="pick">
            <input class={`ship-${method}`} type="radio" name="shipping" value={method} checked={method === values.shipping} />
            <span class="pick-words">
              <span class="pick-name">{SHIPPING[method].name}</span>
              <span class="pick-note" safe>
                {deliveryEstimate(method, now)}
              </span>
            </span>
            <span class="pick-price numbers" safe>
              {quotes[method].shipping.amount === 0 ? 'Free' : formatMoney(quotes[method].shipping)}
            </span>
          </label>
        ))}
      </fieldset>
    </Step>
  );
}

const PAYMENTS: { method: PaymentMethod; name: string; note: string }[] = [
  { method: 'card', name: 'Card', note: 'On our payment provider’s own page, which opens next' },
  { method: 'on_delivery', name: 'On delivery', note: 'In cash or by card, to the driver' },
];

export function PaymentStep({ form: { values, errors } }: { form: CheckoutForm }) {
  return (
    <Step number={3} title="How you pay">
      <fieldset class="picks" id="payment">
        <legend class="visually-hidden">Payment</legend>
        <FieldErrorText name="payment" errors={errors} />
        {PAYMENTS.map(({ method, name, note }) => (
          <label class="pick">
            <input class={`pay-${method}`} type="radio" name="payment" value={method} checked={method === values.payment} />
            <span class="pick-words">
              <span class="pick-name" safe>
                {name}
              </span>
              <span class="pick-note" safe>
                {note}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
    </Step>
  );
}
