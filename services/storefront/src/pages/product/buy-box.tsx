import { deliveryEstimate, FREE_FROM } from '../../shared/delivery.ts';
import { Icon } from '../../shared/icons.tsx';
import { formatMoney, formatRound } from '../../shared/money.ts';
import { Price } from '../../shared/price.tsx';
import type { Product, Variant } from '../../shared/shapes.ts';
import { Swatch } from '../../shared/tone.tsx';
import { cheapest, type Choice, type Choices, labelOf, priceVaries, restOf } from './choices.ts';

interface BuyBoxProps {
  product: Product;
  currency: string;
  choices: Choices;
  now: Date;
}

/** Below this many the page says how many are left. */
const FEW = 5;
const MOST_AT_ONCE = 10;

/** One plain form. The variants are radio buttons; what belongs to a choice appears with it by CSS, with or without the script. */
export function BuyBox({ product, currency, choices, now }: BuyBoxProps) {
  const soldOut = choices.choices.every(({ available }) => !available);
  const picked = choices.choices.find(({ available }) => available) ?? choices.choices[0];
  return (
    <div class="buy">
      <h1 class="buy-title" safe>
        {product.name}
      </h1>
      <form class="buy-form" method="post" action="/cart/lines" hx-post="/cart/lines" hx-target="#notices" hx-swap="innerHTML" hx-disable="find .buy-button" data-add>
        {choices.choices.map((choice) => (
          <div class={choices.name === undefined ? '' : `when when-${choice.index}`}>
            <ChoicePrice choice={choice} />
          </div>
        ))}
        {choices.name === undefined ? (
          <input type="hidden" name="sku" value={choices.choices[0]?.variants[0]?.sku} />
        ) : (
          <FirstChoice choices={choices} picked={picked} />
        )}
        {choices.second !== undefined && choices.choices.map((choice) => <SecondChoice choice={choice} name={choices.second ?? ''} first={choices.name} />)}
        <div class="buy-row">
          <label class="visually-hidden" for="quantity">
            Quantity
          </label>
          <span class="select buy-quantity">
            <select id="quantity" name="quantity" disabled={soldOut}>
              {Array.from({ length: MOST_AT_ONCE }, (_, index) => (
                <option value={String(index + 1)}>{index + 1}</option>
              ))}
            </select>
            <Icon name="down" />
          </span>
          <button class="button buy-button" type="submit" disabled={soldOut}>
            {soldOut ? 'Sold out' : 'Add to cart'}
          </button>
        </div>
        {soldOut && <p class="small soft">None are left. We do not know yet when more will come.</p>}
      </form>
      {!soldOut && <Promises currency={currency} now={now} />}
    </div>
  );
}

/** For what can be ordered; where nothing is left there is nothing to promise. */
function Promises({ currency, now }: Pick<BuyBoxProps, 'currency' | 'now'>) {
  return (
    <ul class="buy-promises" role="list">
      <li>
        <Icon name="truck" />
        <span>
          <b safe>{deliveryEstimate('standard', now)}</b>
          <br />
          <span safe>{`Standard delivery, free from ${formatRound({ amount: FREE_FROM, currency })}`}</span>
        </span>
      </li>
      <li>
        <Icon name="back" />
        <span>Thirty days to send it back</span>
      </li>
      <li>
        <Icon name="lock" />
        <span>Card or cash on delivery, no account needed</span>
      </li>
    </ul>
  );
}

function ChoicePrice({ choice }: { choice: Choice }) {
  const offered = choice.variants.filter(({ available }) => available > 0);
  const variant = cheapest(offered.length > 0 ? offered : choice.variants);
  if (!variant) return '';
  return (
    <>
      <p class="buy-price">
        <Price price={variant.price} was={variant.was} from={priceVaries(choice.variants)} />
        <span class="buy-tax">VAT included</span>
      </p>
      <Stock available={choice.variants.reduce((sum, { available }) => sum + available, 0)} alone={choice.variants.length === 1} />
    </>
  );
}

/** Said plainly, in words and not by colour alone. With several sizes each says for itself how many are left. */
function Stock({ available, alone }: { available: number; alone: boolean }) {
  if (available === 0) return <p class="stock stock-none">Sold out</p>;
  if (alone && available < FEW) return <p class="stock stock-few">Only {available} left</p>;
  return <p class="stock">In stock</p>;
}

function FirstChoice({ choices, picked }: { choices: Choices; picked: Choice | undefined }) {
  const isColour = choices.name?.toLowerCase() === 'colour';
  return (
    <fieldset class="choice">
      <legend class="choice-name" safe>
        {capital(choices.name ?? '')}
      </legend>
      <div class="choice-values">
        {choices.choices.map((choice) => (
          <label class={['option', isColour && 'option-colour']}>
            <input
              class={`pick-${choice.index}`}
              type="radio"
              name={choices.second === undefined ? 'sku' : 'choice'}
              value={choices.second === undefined ? (choice.variants[0]?.sku ?? '') : String(choice.index)}
              checked={choice === picked}
              disabled={!choice.available}
            />
            <span class="option-face">
              {isColour && <Swatch colour={choice.label} />}
              <span safe>{choice.label}</span>
              {!choice.available && <span class="visually-hidden"> (sold out)</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function SecondChoice({ choice, name, first }: { choice: Choice; name: string; first: string | undefined }) {
  const varies = priceVaries(choice.variants);
  const picked = choice.variants.find(({ available }) => available > 0);
  return (
    <fieldset class={`choice when when-${choice.index}`}>
      <legend class="choice-name" safe>
        {capital(name)}
      </legend>
      <div class="choice-values">
        {choice.variants.map((variant) => (
          <label class="option">
            <input type="radio" name={`sku-${choice.index}`} value={variant.sku} checked={variant === picked} disabled={variant.available === 0} />
            <span class="option-face">
              <span safe>{labelOf(variant, restOf(variant, first))}</span>
              <OptionNote variant={variant} price={varies} />
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function OptionNote({ variant, price }: { variant: Variant; price: boolean }) {
  if (variant.available === 0) return <span class="visually-hidden"> (sold out)</span>;
  const notes = [price ? formatMoney(variant.price) : '', variant.available < FEW ? `${variant.available} left` : ''].filter(Boolean);
  if (notes.length === 0) return '';
  return (
    <span class="option-note" safe>
      {notes.join(' · ')}
    </span>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
