import type { Assets } from './assets.ts';
import type { Category } from './shapes.ts';

/** What every page is drawn with, whoever asks for it. */
export interface Shop {
  assets: Assets;
  /** Roots of the category tree; empty while nobody knows them. */
  departments: Category[];
  /** The one currency of this shop, ISO 4217. */
  currency: string;
  /** Where shoppers reach the shop, without a slash at the end. */
  publicUrl: string;
}
