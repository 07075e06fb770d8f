/**
 * What the pages promise about delivery, before there is an order: prices in minor units. What is charged is decided by order's
 * `checkout/totals.ts`, whose quote is shown at checkout; `tests/contract/shipping.test.ts` compares the two.
 */
export const SHIPPING = {
  standard: { name: 'Standard delivery', days: [2, 4], price: 395 },
  express: { name: 'Express delivery', days: [1, 1], price: 695 },
} as const;
/** Standard delivery costs nothing from here on. */
export const FREE_FROM = 5000;
export type ShippingMethod = keyof typeof SHIPPING;
export const SHIPPING_METHODS = Object.keys(SHIPPING) as ShippingMethod[];

/** Orders after this hour in London leave on the next working day. */
const LAST_HOUR = 14;
/** The same in words: working days are counted from the one on which it leaves. */
export const LEAVES_TODAY = 'before two in the afternoon on a working day';
/** How long each takes, for where no day can be named. */
export const HOW_LONG: Record<ShippingMethod, string> = {
  standard: 'two to four working days',
  express: `the next working day if you order ${LEAVES_TODAY}`,
};
const LONDON = 'Europe/London';
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `Tue 25 Nov`, or `Tue 25 to Thu 27 Nov`: an estimate that knows weekends but no bank holidays. */
export function deliveryEstimate(method: ShippingMethod, now: Date): string {
  const [first, last] = SHIPPING[method].days;
  const leaving = dayOfDispatch(now);
  const from = plusWorkingDays(leaving, first);
  const to = plusWorkingDays(leaving, last);
  return from.getTime() === to.getTime() ? DAY.format(from) : `${DAY.format(from)} to ${DAY.format(to)}`;
}

function dayOfDispatch(now: Date): Date {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', { timeZone: LONDON, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', hourCycle: 'h23' })
      .formatToParts(now)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const today = new Date(Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'] ?? 1));
  const late = (parts['hour'] ?? 0) >= LAST_HOUR || isWeekend(today);
  return late ? plusWorkingDays(today, 1) : today;
}

function plusWorkingDays(day: Date, count: number): Date {
  const result = new Date(day);
  for (let left = count; left > 0; ) {
    result.setUTCDate(result.getUTCDate() + 1);
    if (!isWeekend(result)) left -= 1;
  }
  return result;
}

function isWeekend(day: Date): boolean {
  return day.getUTCDay() === 0 || day.getUTCDay() === 6;
}
