import type { Cores } from '../cores.ts';
import type { Load } from '../load/load.ts';
import type { Worlds } from '../shop/catalogue.ts';
import type { BenchShop } from '../shop/shop.ts';

/** What measuring needs, ours or a limit. */
export interface LimitSetting {
  shop: BenchShop;
  load: Load;
  cores: Cores;
  worlds: Worlds;
  /** Of a round. */
  seconds: number;
  concurrency: number;
}
