import { hexOf, rampOf, toneOf } from './tones.ts';

/** The filters that the pictures below it are coloured with. An attribute of SVG needs no style, so the CSP has nothing against it. */
export function ToneFilters({ colours }: { colours: readonly (string | null | undefined)[] }) {
  const tones = [...new Set(colours.map(toneOf))].filter((tone) => tone !== undefined);
  if (tones.length === 0) return '';
  return (
    <svg class="visually-hidden" width="0" height="0" aria-hidden="true" focusable="false">
      {tones.map((tone) => (
        <ToneFilter tone={tone} />
      ))}
    </svg>
  );
}

function ToneFilter({ tone }: { tone: string }) {
  const [red, green, blue] = rampOf(tone);
  return (
    <filter id={`tone-${tone}`} color-interpolation-filters="sRGB">
      <feColorMatrix type="saturate" values="0" />
      <feComponentTransfer>
        <feFuncR type="table" tableValues={red} />
        <feFuncG type="table" tableValues={green} />
        <feFuncB type="table" tableValues={blue} />
      </feComponentTransfer>
    </filter>
  );
}

/** The dot beside the name of a colour. */
export function Swatch({ colour }: { colour: string }) {
  const tone = toneOf(colour);
  if (tone === undefined) return '';
  return (
    <svg class="swatch" viewBox="0 0 18 18" width="18" height="18" aria-hidden="true" focusable="false">
      <circle cx="9" cy="9" r="9" fill={hexOf(tone)} />
    </svg>
  );
}
