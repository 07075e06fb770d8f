import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StockedSku } from './drive/drive.ts';
import type { Random } from './random.ts';
import type { Target } from './target.ts';

/** For as many waves of shoppers. */
const HOT = 8;
const OTHERS = 6;

/** Brings SKUs into the shop that nobody has sold yet: of some there are fewer than will be wanted. */
export async function stockUp({ shop }: Target, random: Random, prefix: string): Promise<StockedSku[]> {
  const skus = Array.from({ length: HOT + OTHERS }, (_, index) => {
    const hot = index < HOT;
    return { sku: `${prefix}-${index}`.toUpperCase(), price: random.int(99, 3999), stock: hot ? random.int(5, 40) : random.int(2000, 9000), hot };
  });
  const file = join(shop.home, `${prefix}.csv`);
  const rows = skus.map(({ sku, price, stock }) => `${sku},Jar ${sku},${(price / 100).toFixed(2)},${stock}`);
  writeFileSync(file, `sku,name,price,stock\n${rows.join('\n')}\n`);
  const said = await shop.runBeside('import', file);
  if (!said.includes(`imported ${skus.length}`)) throw new Error(`the SKUs of ${prefix} were not imported:\n${said}`);
  return skus;
}
