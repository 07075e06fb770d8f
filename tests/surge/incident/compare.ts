import type { Summary } from '../record/summary.ts';
import type { Transaction } from '../record/tally.ts';
import { percent } from '../record/verdict.ts';

/** One row of the comparison. */
export interface Row {
  what: string;
  in2023: string;
  replayed: string;
  today: string;
}

export interface Share {
  begun: number;
  lost: number;
}

/** @param span seconds since the run began */
export function begunWithin(transactions: readonly Transaction[], { from, to }: { from: number; to: number }): Share {
  const those = transactions.filter(({ begun }) => begun >= from * 1000 && begun < to * 1000);
  return { begun: those.length, lost: those.filter(({ outcome }) => outcome === 'lost').length };
}

export function failedShare({ begun, lost }: Share): number {
  return begun === 0 ? 0 : lost / begun;
}

interface Compared {
  summary: Summary;
  during: Share;
}

/** What happened in January 2023, the same again, and the same today. */
export function compare(replayed: Compared, today: Compared): Row[] {
  const row = (what: string, in2023: string, of: (summary: Summary) => string): Row => ({ what, in2023, replayed: of(replayed.summary), today: of(today.summary) });
  const failed = ({ begun, lost }: Share) => `${percent(failedShare({ begun, lost }))} (${lost} of ${begun})`;
  return [
    { what: 'transactions failed while it lasted', in2023: '30 %', replayed: failed(replayed.during), today: failed(today.during) },
    row('transactions failed in the whole run', '', ({ transactions }) => failed(transactions)),
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
