import { type Static, Type } from 'typebox';

/** An amount in minor units (pence) of an ISO 4217 currency. */
export const moneySchema = Type.Object({ amount: Type.Integer(), currency: Type.String({ pattern: '^[A-Z]{3}$' }) });
export type Money = Static<typeof moneySchema>;

/** One million in most currencies: a higher price is a slip of the pen, and hundreds of them still fit in 53 bits. */
export const HIGHEST_PRICE = 100_000_000;

export function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}

function fractionDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Reads decimal major units, `24` or `24.00`; nothing else that a spreadsheet may write is guessed at. */
export function priceReader(currency: string): (text: string) => number | string {
  const digits = fractionDigits(currency);
  const form = digits === 0 ? /^(\d+)()$/ : new RegExp(`^(\\d+)(?:\\.(\\d{1,${digits}}))?$`);
  const example = digits === 0 ? '1250' : `12.${'5'.padEnd(digits, '0')}`;
  return (text) => {
    const [, major, minor = ''] = form.exec(text) ?? [];
    if (major === undefined) return `is not an amount such as ${example}`;
    const amount = Number(major + minor.padEnd(digits, '0'));
    if (amount === 0) return 'must be more than nothing';
    return amount > HIGHEST_PRICE ? 'is too high' : amount;
  };
}
