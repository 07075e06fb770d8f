import type { Assets } from '../../shared/assets.ts';
import { Icon } from '../../shared/icons.tsx';
import { formatMoney } from '../../shared/money.ts';
import { optionsText } from '../../shared/options.ts';
import type { Cart } from '../../shared/shapes.ts';
import { Tile } from '../../shared/tile.tsx';

interface AddedProps {
  assets: Assets;
  cart: Cart;
  sku: string;
}

/** Appears beside the cart after *Add to cart*; the page below it stays where it is. */
export function AddedNotice({ assets, cart, sku }: AddedProps) {
  const line = cart.lines.find((each) => each.sku === sku);
  return (
    <div class="notice notice-added">
      <p class="notice-title">
        <Icon name="check" />
        <span>Added to your cart</span>
      </p>
      {line !== undefined && (
        <div class="notice-line">
          <Tile assets={assets} name={line.name} picture={line.picture?.name} tint={line.tint} size={48} recolour={line.picture?.recolour} class="tile-small" eager />
          <p>
            <b safe>{line.name}</b>
            <span class="soft small" safe>
              {[optionsText(line.options), `${line.quantity} in your cart`].filter(Boolean).join(' · ')}
            </span>
          </p>
          <span class="numbers" safe>
            {formatMoney(line.price)}
          </span>
        </div>
      )}
      <p class="notice-actions">
        <a class="button" href="/checkout">
          Check out
        </a>
        <a class="button button-quiet" href="/cart">
          See the cart
        </a>
      </p>
      <button class="notice-close" type="button" aria-label="Close" data-close>
        <Icon name="close" />
      </button>
    </div>
  );
}
