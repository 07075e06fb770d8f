export interface Series {
  name: string;
  /** A value a second; undefined where nothing was seen. */
  values: readonly (number | undefined)[];
  /** Of the palette in the page's style. */
  tone: 'main' | 'good' | 'bad' | 'warn' | 'quiet';
}

export interface Band {
  name: string;
  from: number;
  to: number;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [760, 220, 52, 24, 16];

/** Lines over seconds, as SVG. The scale is linear and begins at nought. */
export function chart({ title, unit, series, bands }: { title: string; unit: string; series: readonly Series[]; bands: readonly Band[] }): string {
  const seconds = Math.max(2, ...series.map(({ values }) => values.length));
  const top = niceTop(Math.max(1, ...series.flatMap(({ values }) => values.filter((value) => value !== undefined))));
  const x = (second: number) => LEFT + ((WIDTH - LEFT - 8) * second) / (seconds - 1);
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(top * part).toFixed(1);
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${at}" y2="${at}"/><text class="tick" x="${LEFT - 6}" y="${Number(at) + 4}" text-anchor="end">${label(top * part)}</text>`;
  });
  const shades = bands.map(({ name, from, to }) => `<rect class="band band-${escape(name)}" x="${x(from).toFixed(1)}" y="${TOP}" width="${Math.max(0, x(Math.min(to, seconds - 1)) - x(from)).toFixed(1)}" height="${HEIGHT - TOP - BOTTOM}"/><text class="tick" x="${(x(from) + 4).toFixed(1)}" y="${TOP + 12}">${escape(name)}</text>`);
  const marks = Array.from({ length: Math.floor((seconds - 1) / 10) + 1 }, (_, n) => `<text class="tick" x="${x(n * 10).toFixed(1)}" y="${HEIGHT - 6}" text-anchor="middle">${n * 10} s</text>`);
  const lines = series.map(({ name, values, tone }) => `<path class="line ${tone}" d="${path(values, x, y)}"><title>${escape(name)}</title></path>`);
  const legend = series.map(({ name, tone }) => `<span class="key ${tone}">${escape(name)}</span>`).join(' ');
  return `<figure><figcaption>${escape(title)} <small>${escape(unit)}</small><br>${legend}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">${[...shades, ...grid, ...marks, ...lines].join('')}</svg></figure>`;
}

/** Where nothing was seen the line has a gap. */
function path(values: Series['values'], x: (second: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  return values
    .map((value, second) => {
      if (value === undefined) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .join('');
}

/** The next easy number that is not below. */
export function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 3, 4, 6, 8, 10].find((factor) => factor * power >= most) ?? 10) * power;
}

function label(value: number): string {
  return value >= 10_000 ? `${value / 1000}k` : String(Math.round(value * 100) / 100);
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
