import { SHIPPING_METHODS } from '../../shared/delivery.ts';
import { formatMoney } from '../../shared/money.ts';
import { optionsText } from '../../shared/options.ts';
import type { Quote } from '../../shared/shapes.ts';
import type { Shop } from '../../shared/shop.ts';
import { Tile } from '../../shared/tile.tsx';
import { ToneFilters } from '../../shared/tone.tsx';
import type { Quotes } from './quotes.ts';

interface SummaryProps {
  shop: Shop;
  quotes: Quotes;
}

/** Always in sight. The sums of every way of delivery are in the page, and CSS shows those of the chosen one. */
export function OrderSummary({ shop, quotes }: SummaryProps) {
  const { lines } = quotes.standard;
  return (
    <div class="summary">
      <ToneFilters colours={lines.map(({ picture }) => picture?.recolour)} />
      <h2 id="summary-title">Your order</h2>
      <ul class="summary-lines" role="list">
        {lines.map(({ name, options, picture, tint, quantity, total }) => (
          <li class="summary-line">
            <Tile assets={shop.assets} name={name} picture={picture?.name} tint={tint} size={40} recolour={picture?.recolour} class="tile-small" />
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
      {SHIPPING_METHODS.map((method) => (
        <div class={`for-${method}`}>
          <Sums quote={quotes[method]} />
        </div>
      ))}
    </div>
  );
}

export function Sums({ quote: { items, shipping, tax, total } }: { quote: Pick<Quote, 'items' | 'shipping' | 'tax' | 'total'> }) {
  return (
    <dl class="sums">
      <div>
        <dt>Items</dt>
        <dd safe>{formatMoney(items)}</dd>
      </div>
      <div>
        <dt>Delivery</dt>
        <dd safe>{shipping.amount === 0 ? 'Free' : formatMoney(shipping)}</dd>
      </div>
      <div class="sums-total">
        <dt>Total</dt>
        <dd safe>{formatMoney(total)}</dd>
      </div>
      <div class="sums-note">
        <dt>VAT included in it</dt>
        <dd safe>{formatMoney(tax)}</dd>
      </div>
    </dl>
  );
}

/** Says what will happen when it is pressed: *Pay £42.00*, or *Place order £42.00* when it is paid at the door. */
export function PayButton({ quotes }: { quotes: Quotes }) {
  return (
    <button class="button button-wide pay-button" type="submit">
      {SHIPPING_METHODS.map((method) => (
        <span class={`for-${method}`}>
          <span class="for-card" safe>{`Pay ${formatMoney(quotes[method].total)}`}</span>
          <span class="for-on_delivery" safe>{`Place order ${formatMoney(quotes[method].total)}`}</span>
        </span>
      ))}
    </button>
  );
}
