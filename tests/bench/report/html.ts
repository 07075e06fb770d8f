import { escape } from './chart.ts';
import type { Part } from './report.ts';
import type { Table } from './tables.ts';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0; display: block; overflow-x: auto }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
td.missed { color: #c0392b; font-weight: bold }
svg { width: 100%; height: auto }`;

/** One page that needs nothing else. */
export function toHtml(parts: readonly Part[]): string {
  const sections = parts.map(({ title, words, chart = '', table }) => `<section><h2>${escape(title)}</h2>${paragraphs(words)}${chart}${table ? htmlTable(table) : ''}</section>`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>What each operation costs</title><style>${STYLE}</style><h1>What each operation costs</h1>${sections.join('')}</html>\n`;
}

function paragraphs(words = ''): string {
  return words.split('\n\n').filter((each) => each !== '').map((each) => `<p>${escape(each).replace(/`([^`]*)`/g, '<code>$1</code>')}</p>`).join('');
}

function htmlTable([head = [], ...rows]: Table): string {
  const cell = (text: string) => (text === '**missed**' ? '<td class="missed">missed</td>' : `<td>${escape(text)}</td>`);
  return `<table><tr>${head.map((text) => `<th>${escape(text)}</th>`).join('')}</tr>${rows.map((cells) => `<tr>${cells.map(cell).join('')}</tr>`).join('')}</table>`;
}
