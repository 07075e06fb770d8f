/** How the shop writes prices. Change the locale, or anything about the display of a price, here and nowhere else. */
const LOCALE = 'en-GB';

export interface Money {
  /** Minor units: 4200 is £42.00. */
  amount: number;
  currency: string;
}

/** `£42.00` */
export function formatMoney({ amount, currency }: Money): string {
  return write(amount, formatOf(currency));
}

/** `£50`, for sentences: pence only where there are any. */
export function formatRound({ amount, currency }: Money): string {
  return write(amount, formatOf(currency, 'stripIfInteger'));
}

/** `£`, for the fields that a price is typed into. */
export function currencySymbol(currency: string): string {
  return formatOf(currency).formatToParts(0).find(({ type }) => type === 'currency')?.value ?? currency;
}

function write(amount: number, format: Intl.NumberFormat): string {
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

const formats = new Map<string, Intl.NumberFormat>();

/** Making a format costs a hundred times its use. */
function formatOf(currency: string, trailingZeroDisplay: 'auto' | 'stripIfInteger' = 'auto'): Intl.NumberFormat {
  const key = `${currency} ${trailingZeroDisplay}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency, trailingZeroDisplay });
    formats.set(key, format);
  }
  return format;
}
