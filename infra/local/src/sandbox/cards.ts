export interface TestCard {
  number: string;
  brand: string;
  what: string;
  /** Why the money is refused; absent when it is given. */
  decline?: { code: string; message: string };
}

const refused = { code: 'card_declined', message: 'The card was declined. Nothing was taken. Try another card.' };

/** From Stripe's list of test cards. No other number is taken, so that nobody leaves a real one here. */
export const testCards: readonly TestCard[] = [
  { number: '4242424242424242', brand: 'visa', what: 'pays' },
  { number: '4000000000000002', brand: 'visa', what: 'refused', decline: refused },
  {
    number: '4000000000009995',
    brand: 'visa',
    what: 'insufficient funds',
    decline: { code: 'insufficient_funds', message: 'There is not enough money on this card. Nothing was taken. Try another card.' },
  },
];

export function findCard(number: string): TestCard | undefined {
  const digits = number.replace(/[\s-]/g, '');
  return testCards.find((card) => card.number === digits);
}

export function spaced(number: string): string {
  return number.replace(/(.{4})(?=.)/g, '$1 ');
}

/** This card, when its bank refuses it. */
export function declined(card: TestCard): TestCard {
  return { ...card, decline: card.decline ?? refused };
}
