/** Where the order service ships to, the nearest first. */
const CODES = ['GB', 'GG', 'IM', 'JE', 'IE', 'AT', 'BE', 'DE', 'DK', 'ES', 'FI', 'FR', 'IT', 'LU', 'NL', 'PL', 'PT', 'SE'] as const;
export type CountryCode = (typeof CODES)[number];

const names = new Intl.DisplayNames('en-GB', { type: 'region' });

export const COUNTRIES = CODES.map((code) => ({ code, name: countryName(code) }));

export function countryName(code: string): string {
  return names.of(code) ?? code;
}

export function isCountry(code: string): code is CountryCode {
  return (CODES as readonly string[]).includes(code);
}
