import type { GuardResult } from './guard.ts';

/** A table for people: which test turns red without which guard. */
export function guardTable(results: readonly GuardResult[]): string {
  const rows = results.map(({ guard, outcome, red, because }) => [guard.name, guard.protects.join(', '), guard.file, outcome === 'caught' ? red.join('; ') : `**${outcome}**: ${because}`]);
  const caught = results.filter(({ outcome }) => outcome === 'caught').length;
  return [
    `${caught} of ${results.length} guards are missed by a test when they are taken away.`,
    '',
    ...[['guard', 'protects', 'where', 'test that turned red without it'], ['---', '---', '---', '---'], ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`),
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
