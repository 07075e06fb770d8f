import type { Result } from './run.ts';
import { countOf, kindsMet, neverMet, replay, seconds, sumOf } from './tell.ts';

/**
 * What many schedules have shown, in Markdown.
 * @param faults names of all that could be met
 * @param machine on which they ran, in words
 */
export function reportOf(results: readonly Result[], faults: readonly string[], machine: string): string {
  const [first, last] = [results[0]?.at ?? '', results.at(-1)?.at ?? ''].map((at) => at.slice(0, 10));
  const missing = neverMet(results, faults);
  const broken = results.filter(({ violations }) => violations.length > 0);
  return [
    '# Checkout under faults',
    '',
    `${results.length} schedules of faults ${first === last ? `on ${first}` : `from ${first} to ${last}`}, on ${machine}. Each brings SKUs of its own into a shop, lets shoppers buy while it breaks things, heals them, waits until nothing is pending, and then decides I1 to I17 from the clients' history, the provider's books and the shop's tables.`,
    '',
    ...table(['', ''], totals(results)),
    '',
    '## Violations',
    '',
    ...(broken.length === 0 ? ['None.'] : broken.map(violationsOf)),
    '',
    '## Rows of the fault matrix',
    '',
    ...table(['row', 'schedules', 'checkouts meanwhile'], byRow(results)),
    '',
    ...table(['fault', 'schedules in which it was felt'], faults.map((name) => [name, String(results.filter(({ met }) => met.includes(name)).length)])),
    '',
    '## What shoppers did and met',
    '',
    ...table(['', 'times'], kindsMet(results).map(([kind, times]) => [kind, String(times)])),
    '',
    missing.length === 0 ? 'Every fault and everything that shoppers may do was met.' : `Never met: ${missing.join(', ')}.`,
    '',
    '## Schedules',
    '',
    `Any of them again: \`${replay('<seed>')}\`.`,
    '',
    ...table(['seed', 'faults', 'checkouts', 'ok', 'refused', 'unknown', 'at rest after', 'violations'], results.map(scheduleRow)),
    '',
  ].join('\n');
}

function violationsOf({ seed, violations }: Result): string {
  return [`- \`${replay(seed)}\``, ...violations.map(({ invariant, what }) => `  - ${invariant}: ${what}`)].join('\n');
}

function totals(results: readonly Result[]): string[][] {
  const rest = results.map(({ pendingMs }) => pendingMs).sort((one, other) => one - other);
  return [
    ['checkouts (a shopper and a key)', sumOf(results, (result) => countOf(result, 'checkouts'))],
    ['of these ok, refused, unknown to their shopper', (['ok', 'fail', 'info'] as const).map((name) => sumOf(results, (result) => countOf(result, name))).join(', ')],
    ['calls of shoppers', sumOf(results, (result) => countOf(result, 'calls'))],
    ['checkouts begun after the last heal, and ok', (['checkouts', 'ok'] as const).map((name) => sumOf(results, ({ afterwards }) => afterwards[name])).join(', ')],
    ['from the last heal until nothing was pending', `median ${seconds(rest[rest.length >> 1] ?? 0)}, longest ${seconds(rest.at(-1) ?? 0)}`],
    ['violations', sumOf(results, ({ violations }) => violations.length)],
  ].map((row) => row.map(String));
}

function byRow(results: readonly Result[]): string[][] {
  const rows = [...new Set(results.flatMap(({ rows }) => rows))].sort();
  return rows.map((row) => {
    const those = results.filter(({ rows }) => rows.includes(row));
    return [row, String(those.length), String(sumOf(those, ({ drive }) => drive.checkouts))];
  });
}

function scheduleRow(result: Result): string[] {
  const { seed, faults, pendingMs, violations } = result;
  return [`\`${seed}\``, faults.join('; '), ...(['checkouts', 'ok', 'fail', 'info'] as const).map((name) => String(countOf(result, name))), seconds(pendingMs), String(violations.length)];
}

function table(head: string[], rows: string[][]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
