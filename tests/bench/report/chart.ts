/** Charts as SVG, without scripts, with colours that hold on a light and on a dark page. */
const COLOURS = ['#4e79a7', '#f28e2b', '#e15759', '#76b7b2', '#59a14f', '#edc948', '#b07aa1', '#ff9da7', '#9c755f', '#bab0ac'];

export interface Bar {
  label: string;
  parts: { name: string; value: number }[];
  /** Where a budget stands. */
  mark?: number | undefined;
}

const WIDTH = 960;
const LABELS = 330;
const LINE = 24;

/** Stacked bars, each row on the same scale; a stroke shows the budget. */
export function bars(title: string, unit: string, all: readonly Bar[]): string {
  const names = [...new Set(all.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const totals = all.map(({ parts, mark = 0 }) => Math.max(mark, parts.reduce((sum, { value }) => sum + value, 0)));
  const scale = (WIDTH - LABELS - 90) / Math.max(...totals, Number.MIN_VALUE);
  const top = 34 + legendRows(names) * 20;
  const lines = all.map((bar, i) => oneBar(bar, names, top + i * LINE, scale, unit));
  return svg(title, top + all.length * LINE + 8, [heading(title), legend(names), ...lines]);
}

function oneBar({ label, parts, mark }: Bar, names: readonly string[], y: number, scale: number, unit: string): string {
  let x = LABELS;
  const rects = parts.map(({ name, value }) => {
    const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${(value * scale).toFixed(1)}" height="16" fill="${colourOf(names.indexOf(name))}"><title>${escape(`${name} ${value.toPrecision(3)} ${unit}`)}</title></rect>`;
    x += value * scale;
    return rect;
  });
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  const at = LABELS + (mark ?? 0) * scale;
  const stroke = mark === undefined ? '' : `<line x1="${at.toFixed(1)}" x2="${at.toFixed(1)}" y1="${y - 3}" y2="${y + 19}" stroke="currentColor" stroke-width="2"><title>${escape(`budget ${mark} ${unit}`)}</title></line>`;
  const end = Math.max(x, mark === undefined ? 0 : at) + 6;
  return `<text x="${LABELS - 8}" y="${y + 13}" text-anchor="end">${escape(label)}</text>${rects.join('')}${stroke}<text x="${end.toFixed(1)}" y="${y + 13}">${total.toPrecision(3)} ${unit}</text>`;
}

export interface Line {
  name: string;
  points: { x: number; y: number }[];
}

const HEIGHT = 300;

/** Lines over time or over a size; both axes begin at 0, the size's is logarithmic. */
export function lines(title: string, axes: { x: string; y: string; logarithmic?: boolean }, all: readonly Line[]): string {
  const points = all.flatMap((line) => line.points);
  const toX = axes.logarithmic ? (x: number) => Math.log10(x) : (x: number) => x;
  const xs = points.map(({ x }) => toX(x));
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const top = 34 + legendRows(all.map(({ name }) => name)) * 20;
  const highest = Math.max(...points.map(({ y }) => y), Number.MIN_VALUE) * 1.05;
  const px = (x: number) => 70 + ((toX(x) - least) / (most - least || 1)) * (WIDTH - 110);
  const py = (y: number) => top + HEIGHT - (y / highest) * HEIGHT;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => `<line x1="70" x2="${WIDTH - 40}" y1="${py(highest * share)}" y2="${py(highest * share)}" stroke="currentColor" opacity=".15"/><text x="62" y="${py(highest * share) + 4}" text-anchor="end">${(highest * share).toPrecision(2)}</text>`);
  const ticks = [...new Set(axes.logarithmic ? points.map(({ x }) => x) : [0, 0.25, 0.5, 0.75, 1].map((share) => least + (most - least) * share))].map((x) => `<text x="${px(x).toFixed(1)}" y="${top + HEIGHT + 18}" text-anchor="middle">${Math.round(x).toLocaleString('en')}</text>`);
  const paths = all.map(({ name, points: mine }, i) => `<polyline fill="none" stroke="${colourOf(i)}" stroke-width="2" points="${mine.map(({ x, y }) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' ')}"><title>${escape(name)}</title></polyline>`);
  const names = `<text x="${WIDTH - 40}" y="${top + HEIGHT + 36}" text-anchor="end">${escape(axes.x)}</text><text x="10" y="${top - 8}">${escape(axes.y)}</text>`;
  return svg(title, top + HEIGHT + 44, [heading(title), legend(all.map(({ name }) => name)), ...grid, ...ticks, ...paths, names]);
}

function colourOf(i: number): string {
  return COLOURS[i % COLOURS.length] ?? '#888';
}

const PER_ROW = 4;
const legendRows = (names: readonly string[]) => Math.ceil(names.length / PER_ROW);

function legend(names: readonly string[]): string {
  return names.map((name, i) => {
    const [x, y] = [20 + (i % PER_ROW) * 230, 32 + Math.floor(i / PER_ROW) * 20];
    return `<rect x="${x}" y="${y}" width="12" height="12" fill="${colourOf(i)}"/><text x="${x + 18}" y="${y + 11}">${escape(name)}</text>`;
  }).join('');
}

const heading = (title: string) => `<text x="10" y="20" font-weight="bold" font-size="15">${escape(title)}</text>`;

function svg(title: string, height: number, content: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor">${content.join('')}</svg>`;
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
