/** How the shop writes prices. Change the locale, or anything about the display of a price, here and nowhere else. */
const LOCALE = 'en-GB';

export interface Money {
  /** Minor units: 4200 is £42.00. */
  amount: number;
  currency: string;
}

const formats = new Map<string, Intl.NumberFormat>();

export function formatMoney({ amount, currency }: Money): string {
  let format = formats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency });
    formats.set(currency, format);
  }
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}
