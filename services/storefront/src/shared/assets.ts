import { readFileSync } from 'node:fs';

interface Manifest {
  /** File by name, `styles.css` for example, as fingerprinted address; pictures by code point. */
  [name: string]: string | Record<string, string>;
  pictures: Record<string, string>;
}

/** Addresses of the static files, which carry the hash of their content. */
export interface Assets {
  url(name: string): string;
  /** Undefined for a picture that the build did not find: the tile then shows an initial. */
  picture(name: string): string | undefined;
}

export function assetsOf(manifest: Manifest): Assets {
  return {
    url: (name) => String(manifest[name] ?? `/static/${name}`),
    picture: (name) => (Object.hasOwn(manifest.pictures, name) ? manifest.pictures[name] : undefined),
  };
}

export function readAssets(manifestPath: string): Assets {
  return assetsOf(JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest);
}
