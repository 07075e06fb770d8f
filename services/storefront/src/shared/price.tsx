import { formatMoney, type Money } from './money.ts';

interface PriceProps {
  price: Money;
  was?: Money | null | undefined;
  /** True where other variants cost more. */
  from?: boolean;
}

/** The price, and the old one struck through when it was reduced. */
export function Price({ price, was, from = false }: PriceProps) {
  if (!was || was.amount <= price.amount) {
    return (
      <span class="price">
        {from && <span class="price-from">from </span>}
        <span class="price-now" safe>
          {formatMoney(price)}
        </span>
      </span>
    );
  }
  return (
    <span class="price price-reduced">
      <span class="visually-hidden">Now </span>
      {from && <span class="price-from">from </span>}
      <span class="price-now" safe>
        {formatMoney(price)}
      </span>{' '}
      <span class="visually-hidden">before </span>
      <s class="price-was" safe>
        {formatMoney(was)}
      </s>
    </span>
  );
}
