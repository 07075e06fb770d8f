import type { Part } from './report.ts';
import type { Table } from './tables.ts';

/** The report for the repository. Charts lie beside it: `bench-<n>.svg`. */
export function toMarkdown(parts: readonly Part[]): { text: string; charts: Map<string, string> } {
  const charts = new Map<string, string>();
  const sections = parts.map(({ title, words, chart, table }) => {
    const name = `bench-${charts.size + 1}.svg`;
    // In a picture nothing says what the current colour is: a grey that can be read on white and on black.
    if (chart !== undefined) charts.set(name, chart.replace('<svg ', '<svg color="#777" '));
    return [`## ${title}`, words, chart === undefined ? undefined : `![${title}](${name})`, table && markdownTable(table)].filter((part) => part !== undefined).join('\n\n');
  });
  return { text: `# What each operation costs\n\n${sections.join('\n\n')}\n`, charts };
}

export function markdownTable([head = [], ...rows]: Table): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}
