/** What the names of colours look like: the dot beside the name, and the picture of a variant in that colour. */
const COLOURS: Record<string, string> = {
  red: '#c93f38',
  burgundy: '#7d2a3a',
  terracotta: '#bf6847',
  rust: '#a9522f',
  coral: '#ee8671',
  orange: '#e0832f',
  amber: '#e0a136',
  mustard: '#cd9c2f',
  yellow: '#ecc843',
  gold: '#cfa64a',
  olive: '#7f8040',
  green: '#4c9158',
  forest: '#2f6146',
  sage: '#9db38e',
  mint: '#a6dcc4',
  teal: '#2c8182',
  blue: '#3e70c2',
  sky: '#8fc2e6',
  navy: '#2d3c6a',
  indigo: '#4b4b9e',
  lavender: '#b4a6d8',
  purple: '#7c50a2',
  plum: '#6e365c',
  pink: '#e89fb6',
  rose: '#cf6d84',
  brown: '#7b5339',
  walnut: '#6b4b35',
  tan: '#c49a6c',
  oak: '#cca672',
  copper: '#b4724c',
  natural: '#dcc8a6',
  beige: '#decdb3',
  cream: '#f3e9d3',
  white: '#f8f8f6',
  silver: '#c6c9cc',
  grey: '#8f9092',
  charcoal: '#4a4b4f',
  black: '#2a2a2d',
};

const ALSO_KNOWN_AS: Record<string, string> = {
  gray: 'grey',
  graphite: 'charcoal',
  slate: 'charcoal',
  ivory: 'cream',
  ecru: 'cream',
  sand: 'beige',
  stone: 'beige',
  oatmeal: 'beige',
  blush: 'pink',
  lilac: 'lavender',
  violet: 'purple',
  clay: 'terracotta',
  ochre: 'mustard',
  steel: 'silver',
  bamboo: 'natural',
  birch: 'natural',
  ash: 'natural',
  camel: 'tan',
  chocolate: 'brown',
  wine: 'burgundy',
  petrol: 'teal',
};

/** Has a class in tones.css, which names the filter of the same name. */
export const TONES = Object.keys(COLOURS);

/** The tone that a colour's name means: `Forest green` is forest. Undefined for names that say nothing of a colour. */
export function toneOf(colour: string | null | undefined): string | undefined {
  const words = (colour ?? '').toLowerCase().split(/[^a-z]+/);
  for (const word of words) {
    const tone = ALSO_KNOWN_AS[word] ?? word;
    if (Object.hasOwn(COLOURS, tone)) return tone;
  }
  return undefined;
}

/** As `#rrggbb`. */
export function hexOf(tone: string): string {
  return COLOURS[tone] ?? '#888888';
}

/** How dark a picture's shadows become in the colour, and how light its highlights, in five steps of its own light. */
const DEPTH = [0.34, 0.6, 0.86, 1.02];
const DEPTH_OF_PALE = [0.6, 0.76, 0.9, 0.98];
const SHINE = 0.4;

/** For each channel the values that a picture's own light from dark to bright turns into: shade, colour, highlight. */
export function rampOf(tone: string): [red: string, green: string, blue: string] {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hexOf(tone).slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels;
  const light = 0.3 * red + 0.59 * green + 0.11 * blue;
  const ramp = (channel: number) =>
    [...DEPTH.map((depth, step) => channel * (depth + ((DEPTH_OF_PALE[step] ?? depth) - depth) * light)), channel + (1 - channel) * SHINE]
      .map((value) => Math.min(1, value).toFixed(3))
      .join(' ');
  return [ramp(red), ramp(green), ramp(blue)];
}
