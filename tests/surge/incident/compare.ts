import type { Summary } from '../record/summary.ts';
import { percent } from '../record/verdict.ts';

/** One row of the comparison. */
export interface Row {
  what: string;
  in2023: string;
  replayed: string;
  today: string;
}

export function failedShare({ transactions: { begun, lost } }: Summary): number {
  return begun === 0 ? 0 : lost / begun;
}

/** What happened in January 2023, the same again, and the same today. */
export function compare(replayed: Summary, today: Summary): Row[] {
  const row = (what: string, in2023: string, of: (summary: Summary) => string): Row => ({ what, in2023, replayed: of(replayed), today: of(today) });
  return [
    row('transactions failed', '30 %', (summary) => `${percent(failedShare(summary))} (${summary.transactions.lost} of ${summary.transactions.begun})`),
    row('normal again after the surge', '105 min', ({ normalAgainAfterS }) => (normalAgainAfterS === undefined ? 'not within the run' : `${normalAgainAfterS} s`)),
    row('orders', '', ({ transactions }) => String(transactions.ordered)),
    row('calls answered in time', '', ({ outcomes: { good }, offered }) => percent(offered === 0 ? 0 : good / offered)),
    row('"not now" said within (p99)', '', ({ outcomes, refusalP99 }) => (outcomes.shed === 0 ? 'nobody was told' : `${refusalP99.toFixed(0)} ms, to ${outcomes.shed}`)),
    row('waited for nothing (p99)', '', ({ outcomes, failureP99 }) => (outcomes.failed === 0 ? 'nobody' : `${(failureP99 / 1000).toFixed(1)} s, by ${outcomes.failed}`)),
    row('p99 of answers in the surge', '', ({ latency }) => `${latency.surgeP99.toFixed(0)} ms`),
  ];
}

export function asTable(rows: readonly Row[]): string {
  const lines = [['', 'January 2023', 'replayed as it was', 'today'], ...rows.map(({ what, in2023, replayed, today }) => [what, in2023, replayed, today])];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => (line[column] ?? '').length), 3));
  const text = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [text[0], `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...text.slice(1)].join('\n');
}
