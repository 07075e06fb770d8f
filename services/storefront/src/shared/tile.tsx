import type { Children } from '@kitajs/html';
import type { Assets } from './assets.ts';
import { toneOf } from './tones.ts';

interface TileProps {
  assets: Assets;
  /** What the picture shows; its initial stands in for a missing picture. */
  name: string;
  picture: string | undefined;
  /** Hue of its department; without it the tile is neutral. */
  tint?: number | null | undefined;
  /** CSS pixels of the picture's box, for its layout before it has loaded. */
  size?: number;
  /** Empty where the name stands beside the picture. */
  alt?: string;
  /** The colour to show the picture in, when that is another than its own; `ToneFilters` must stand in the page. */
  recolour?: string | null | undefined;
  eager?: boolean;
  class?: string;
  children?: Children;
}

/** A picture on the pale tint of its department. */
export function Tile({ assets, name, picture, tint, size = 256, alt = '', recolour, eager = false, class: extra, children }: TileProps) {
  const src = picture === undefined ? undefined : assets.picture(picture);
  return (
    <div class={['tile', typeof tint === 'number' ? tintClass(tint) : '', extra]}>
      {src === undefined ? (
        <span class="tile-initial" aria-hidden="true" safe>
          {initialOf(name)}
        </span>
      ) : (
        <img
          class={['tile-picture', toneClass(recolour)]}
          src={src}
          alt={alt}
          width={size}
          height={size}
          loading={eager ? undefined : 'lazy'}
          decoding="async"
          fetchpriority={eager ? 'high' : undefined}
        />
      )}
      {children}
    </div>
  );
}

/** The hue of a department as a class: steps of 15 degrees, since no inline style is allowed. */
export function tintClass(hue: number): string {
  return `tint-${(((Math.round(hue / 15) * 15) % 360) + 360) % 360}`;
}

function toneClass(colour: string | null | undefined): string {
  const tone = toneOf(colour);
  return tone === undefined ? '' : `tone-${tone}`;
}

/** The colour among a variant's options. */
export function colourOf(options: Record<string, string> = {}): string | undefined {
  return Object.entries(options).find(([name]) => name.toLowerCase() === 'colour')?.[1];
}

function initialOf(name: string): string {
  return (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '?').toUpperCase();
}
