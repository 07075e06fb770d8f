import type { Summary } from './summary.ts';

/** One promise, and what was seen of it. */
export interface Finding {
  promise: string;
  bar: string;
  seen: string;
  kept: boolean;
}

export interface Measured {
  summary: Summary;
  /** Good answers a second at the shop's capacity. */
  peakGoodput: number;
  /** What the shop's books say that must not be. */
  wrongInTheBooks: readonly string[];
}

/** Above this the generator measures itself. */
export const MOST_LATE_MS = 50;
const NORMAL_AGAIN_S = 10;

export function isValid({ latenessP99 }: Summary): boolean {
  return latenessP99 <= MOST_LATE_MS;
}

/** The promises of a surge. */
export function judge({ summary, peakGoodput, wrongInTheBooks }: Measured): Finding[] {
  const { transactions, goodput, normalAgainAfterS } = summary;
  const { begun, ordered, refused, admittedAndLost } = transactions;
  const completed = begun === 0 ? 0 : (ordered + refused) / begun;
  const share = peakGoodput === 0 ? 0 : goodput / peakGoodput;
  return [
    { promise: 'admitted checkouts that failed', bar: '0', seen: String(admittedAndLost), kept: admittedAndLost === 0 },
    { promise: 'transactions completed', bar: '≥ 99.9 %', seen: `${percent(completed)} of ${begun}`, kept: begun > 0 && completed >= 0.999 },
    { promise: 'goodput in the surge, of the peak', bar: '≥ 90 %', seen: `${percent(share)} (${goodput.toFixed(0)} of ${peakGoodput.toFixed(0)} a second)`, kept: share >= 0.9 },
    { promise: 'normal p99 after the surge', bar: `≤ ${NORMAL_AGAIN_S} s`, seen: normalAgainAfterS === undefined ? 'not within the run' : `${normalAgainAfterS} s`, kept: normalAgainAfterS !== undefined && normalAgainAfterS <= NORMAL_AGAIN_S },
    { promise: 'units sold twice, orders lost', bar: '0', seen: wrongInTheBooks.length === 0 ? '0' : wrongInTheBooks.join('; '), kept: wrongInTheBooks.length === 0 },
  ];
}

/** Never rounded up to what was not reached. */
export function percent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}
