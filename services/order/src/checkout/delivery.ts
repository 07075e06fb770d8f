import { invalidRequest } from '@emall/runtime';
import type { Address } from '../database.ts';

const UK = new Set(['GB', 'GG', 'IM', 'JE']);
const UK_POSTCODE = /^([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})$/;
const DIGIT_RUN = /[0-9](?:[ .-]{0,2}[0-9]){12,}/g;

type Fields = Partial<Record<keyof Address | 'email', string>>;

/** What a schema cannot say. @throws invalidRequest (400) that names every field at fault */
export function checkDelivery({ email, ...address }: Fields): void {
  const errors: { field: string; reason: string }[] = [];
  for (const [name, text] of Object.entries({ email, ...address })) {
    const field = name === 'email' ? name : `address.${name}`;
    if (text !== undefined && holdsCardNumber(text)) errors.push({ field, reason: 'looks like a card number: we never ask for one' });
  }
  if (address.postcode !== undefined && UK.has(address.country ?? '') && !UK_POSTCODE.test(address.postcode.trim().toUpperCase())) {
    errors.push({ field: 'address.postcode', reason: 'is not a UK postcode' });
  }
  if (errors.length === 0) return;
  const detail = errors.map(({ field, reason }) => `${field} ${reason}`).join('; ');
  throw invalidRequest({ detail: `${detail}.`, extra: { errors } });
}

/** The address as it is kept and printed: single spaces, and a UK postcode written as on an envelope. */
export function tidyAddress(address: Address): Address {
  const tidy = Object.fromEntries(Object.entries(address).map(([name, text]) => [name, text.normalize('NFC').trim().replace(/\s+/g, ' ')]));
  const [, outward, inward] = UK_POSTCODE.exec(address.postcode.trim().toUpperCase()) ?? [];
  const postcode = UK.has(address.country) && outward ? `${outward} ${inward}` : tidy['postcode'];
  return { ...(tidy as unknown as Address), ...(postcode && { postcode }) };
}

/** Somebody who types a card number into the wrong field must not have it kept (PCI DSS 3.2 forbids it). */
export function holdsCardNumber(text: string): boolean {
  const runs = text.normalize('NFKC').match(DIGIT_RUN) ?? [];
  return runs.some((run) => candidates(run.replace(/[^0-9]/g, '')).some(passesLuhn));
}

/** The digits as a whole and, where a house number stands beside it, each 16 (Visa, Mastercard) or 15 (Amex) of them. */
function candidates(digits: string): string[] {
  const starts = Array.from(digits, (_, start) => start);
  const parts = starts.flatMap((start) => [digits.slice(start).match(/^[2-6][0-9]{15}/)?.[0] ?? '', digits.slice(start).match(/^3[47][0-9]{13}/)?.[0] ?? '']);
  return [digits, ...parts].filter(({ length }) => length >= 13 && length <= 19);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighted = i % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  // Zeros alone pass the sum and are nobody's card.
  return sum > 0 && sum % 10 === 0;
}
