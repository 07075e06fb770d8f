import type { Assets } from '../../shared/assets.ts';
import { Icon } from '../../shared/icons.tsx';
import { formatMoney } from '../../shared/money.ts';
import { optionsText } from '../../shared/options.ts';
import type { CartLine } from '../../shared/shapes.ts';
import { Tile } from '../../shared/tile.tsx';

interface LineProps {
  assets: Assets;
  line: CartLine;
  /** True when the shopper's own unpaid order holds some of it. */
  held: boolean;
}

const MOST = 99;

export function Line({ assets, line, held }: LineProps) {
  const { sku, slug, name, options, picture, tint, quantity, price, total, problem } = line;
  const gone = problem === 'removed' || problem === 'sold-out';
  const words = optionsText(options);
  return (
    <li class={['line', gone && 'line-gone']} id={`line-${sku}`}>
      <Tile assets={assets} name={name} picture={picture?.name} tint={tint} size={96} recolour={picture?.recolour} class="line-tile" eager />
      <div class="line-words">
        <h2 class="line-name">
          {slug === null ? (
            <span safe>{name}</span>
          ) : (
            <a href={`/p/${slug}`} safe>
              {name}
            </a>
          )}
        </h2>
        {words !== '' && (
          <p class="small soft" safe>
            {words}
          </p>
        )}
        {!gone && (
          <p class="small soft numbers" safe>
            {`${formatMoney(price)} each`}
          </p>
        )}
        <LineNotice line={line} held={held} />
      </div>
      <p class="line-total numbers" safe>
        {gone ? '' : formatMoney(total)}
      </p>
      <div class="line-actions">
        {!gone && <Quantity sku={sku} name={name} quantity={quantity} />}
        <SetForm sku={sku} quantity={0}>
          <button class="link-button" type="submit">
            Remove
            <span class="visually-hidden" safe>
              {` ${name}`}
            </span>
          </button>
        </SetForm>
      </div>
    </li>
  );
}

/** What changed since the shopper put it in, and what to do about it. */
function LineNotice({ line, held }: Omit<LineProps, 'assets'>) {
  const { problem, available, price, priceWas, sku, quantity } = line;
  if (problem === 'sold-out' && held) return <p class="line-notice">The last of it is put aside for your own order, see above.</p>;
  if (problem === 'sold-out') return <p class="line-notice line-notice-bad">Sold out since you added it. Remove it to go on.</p>;
  if (problem === 'removed') return <p class="line-notice line-notice-bad">We no longer sell this. Remove it to go on.</p>;
  if (problem === 'only-n-left') {
    return (
      <div class="line-notice line-notice-bad">
        <p safe>{held ? `Only ${available} left besides what your own order holds.` : `Only ${available} left.`}</p>
        <SetForm sku={sku} quantity={available}>
          <button class="link-button" type="submit">
            Take {available}
          </button>
        </SetForm>
      </div>
    );
  }
  if (problem === 'price-changed' && priceWas) {
    return (
      <div class="line-notice">
        <p safe>{`The price was ${formatMoney(priceWas)} when you added it and is ${formatMoney(price)} now.`}</p>
        {/* Whoever sends the same quantity again has seen the price. */}
        <SetForm sku={sku} quantity={quantity}>
          <button class="link-button" type="submit">
            All right
          </button>
        </SetForm>
      </div>
    );
  }
  return '';
}

/** Sends one quantity. */
function SetForm({ sku, quantity, children }: { sku: string; quantity: number; children: JSX.Element }) {
  const action = `/cart/lines/${encodeURIComponent(sku)}`;
  return (
    <form method="post" action={action} hx-post={action} hx-target="#cart" hx-swap="outerHTML" hx-sync="#cart:queue all">
      <input type="hidden" name="quantity" value={String(quantity)} />
      {children}
    </form>
  );
}

/** Two buttons and a field. The script sends what changed by itself; without it each button sends the form. */
function Quantity({ sku, name, quantity }: { sku: string; name: string; quantity: number }) {
  const action = `/cart/lines/${encodeURIComponent(sku)}`;
  return (
    <form
      class="quantity-form"
      method="post"
      action={action}
      hx-post={action}
      hx-trigger="change delay:250ms, submit"
      hx-target="#cart"
      hx-swap="outerMorph"
      hx-sync="#cart:queue all"
    >
      {/* First in the form, so that the Enter key means this and not the minus. */}
      <button class="visually-hidden" type="submit" tabindex="-1">
        Update
      </button>
      <div class="stepper">
        <button class="stepper-button" type="submit" name="change" value="-1" aria-label={`One ${name} fewer`}>
          <Icon name="minus" />
        </button>
        <input
          class="stepper-field numbers"
          id={`quantity-${sku}`}
          type="number"
          inputmode="numeric"
          name="quantity"
          value={String(quantity)}
          min={0}
          max={MOST}
          required
          aria-label={`Quantity of ${name}`}
        />
        <button class="stepper-button" type="submit" name="change" value="1" aria-label={`One ${name} more`}>
          <Icon name="plus" />
        </button>
      </div>
      <noscript>
        <button class="link-button" type="submit">
          Update
        </button>
      </noscript>
    </form>
  );
}
