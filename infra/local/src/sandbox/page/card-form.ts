import type { Form } from '../form.ts';
import { findCard, type TestCard } from '../cards.ts';

export interface CardErrors {
  number?: string;
  expiry?: string;
  cvc?: string;
}

export type CardEntry = { card: TestCard } | { errors: CardErrors };

/** What somebody typed. Numbers that are not test cards are refused here and kept nowhere. */
export function readCard(form: Form, now = new Date()): CardEntry {
  const text = (name: string) => (typeof form[name] === 'string' ? form[name].trim() : '');
  const card = findCard(text('number'));
  // The buttons with test cards send nothing else.
  if (card && form['quick'] !== undefined) return { card };
  const errors: CardErrors = {};
  if (text('number') === '') errors.number = 'Type a card number.';
  else if (!card) errors.number = 'Only the test cards listed on this page work here. Never type a real card number.';
  const expiry = expiryProblem(text('expiry'), now);
  if (expiry !== undefined) errors.expiry = expiry;
  if (!/^\d{3,4}$/.test(text('cvc'))) errors.cvc = 'Type any three digits.';
  return card && Object.keys(errors).length === 0 ? { card } : { errors };
}

function expiryProblem(text: string, now: Date): string | undefined {
  const [, month, year] = /^(0?[1-9]|1[0-2])\s*\/\s*(?:20)?(\d{2})$/.exec(text) ?? [];
  if (month === undefined || year === undefined) return 'Type a month and year, such as 12/34.';
  const end = new Date(Date.UTC(2000 + Number(year), Number(month), 1));
  return end <= now ? 'This date is in the past.' : undefined;
}
