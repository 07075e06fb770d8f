import { CategoryPaths } from '../categories/write.ts';
import type { Browse } from '../database.ts';
import type { ProductInput } from '../products/product.ts';
import { writeProducts } from '../products/write.ts';
import { finishWriting } from '../products/finish.ts';
import { seedProduct } from './generate.ts';

const BATCH = 2000;

/** Makes products 1 to n of the seeded catalogue. What is there already is brought up to date. */
export async function seed(db: Browse, { products, currency, progress }: { products: number; currency: string; progress: (done: number) => void }): Promise<void> {
  const categories = await CategoryPaths.read(db);
  for (let first = 1; first <= products; first += BATCH) {
    const inputs: ProductInput[] = [];
    for (let n = first; n < Math.min(first + BATCH, products + 1); n += 1) {
      const { path, ...product } = seedProduct(n);
      inputs.push({ ...product, categoryId: await categories.resolve(path) });
    }
    await db.transaction().execute((trx) => writeProducts(trx, { inputs, currency, tree: categories.tree }));
    progress(first + inputs.length - 1);
  }
  await finishWriting(db);
}
