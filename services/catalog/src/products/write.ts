import { sql, type Transaction } from 'kysely';
import type { CategoryTree } from '../categories/tree.ts';
import type { BrowseTables } from '../database.ts';
import { chooseSlugs, slugCandidates } from '../slug.ts';
import { forget, removeVariants, sumUpAnew } from './discontinue.ts';
import type { ProductInput } from './product.ts';
import { type CompleteProduct, type Known, readKnown, writeProductRows, writeStock, writeVariants } from './write-queries.ts';

type Trx = Transaction<BrowseTables>;

/** SKUs that were not on sale before, those that were, and those that were and are no longer. */
export interface Written {
  created: number;
  updated: number;
  discontinued: number;
}

interface Writing {
  inputs: readonly ProductInput[];
  /** SKUs to be taken off sale, whatever product they belong to; none of them is in `inputs`. */
  discontinued?: readonly string[];
  currency: string;
  /** For the names that a product is found by, and its tint. */
  tree: CategoryTree;
}

/**
 * Adds or updates whole products: after this transaction a product has all that was given of it, or nothing.
 * Stock comes last and in SKU order, because a checkout locks the same rows in that order and waits for as long as we hold them.
 */
export async function writeProducts(trx: Trx, { inputs, discontinued = [], currency, tree }: Writing): Promise<Written> {
  // One writer at a time: two imports would take each other's slugs.
  await sql`select pg_advisory_xact_lock(hashtext('catalog.product'))`.execute(trx);
  const skus = inputs.flatMap(({ variants }) => variants.map(({ sku }) => sku));
  const known = await readKnown(trx, {
    keys: inputs.map(({ key }) => key),
    skus: [...skus, ...discontinued],
    slugs: inputs.flatMap(({ key, name, slug }) => (name === undefined ? [] : slugCandidates(name, key, slug))),
    newIds: inputs.length,
  });
  const products = complete(inputs, known, tree);
  const ended = discontinued.filter((sku) => known.owners.has(sku));
  if (ended.length > 0) await removeVariants(trx, ended);
  await writeVariants(trx, products, currency);
  await writeStock(trx, inputs);
  await writeProductRows(trx, products, currency);

  if (known.returning.length > 0) await forget(trx, known.returning);

  const written = new Set(products.map(({ id }) => id));
  const robbed = [...new Set(known.owners.values())].filter((id) => !written.has(id));
  if (robbed.length > 0) await sumUpAnew(trx, robbed, tree);
  await trx.insertInto('change').values({ tags: ['products'] }).execute();
  const updated = skus.filter((sku) => known.owners.has(sku)).length;
  return { created: skus.length - updated, updated, discontinued: ended.length };
}

/** Fills in what is known of a product, an id and a slug: the first slug stays for good, addresses depend on it. */
function complete(inputs: readonly ProductInput[], known: Known, tree: CategoryTree): CompleteProduct[] {
  const fresh = inputs.filter(({ key }) => !known.products.has(key)).map(({ key, slug, name }) => ({ key, slug, name: nameOf(key, name) }));
  const slugs = chooseSlugs(fresh, known.slugs);
  const ids = known.newIds.values();
  return inputs.map(({ variants, ...input }) => {
    const before = known.products.get(input.key);
    const categoryId = input.categoryId ?? before?.categoryId ?? null;
    return {
      id: before?.id ?? String(ids.next().value),
      key: input.key,
      slug: before?.slug ?? String(slugs.get(input.key)),
      categoryId,
      name: input.name ?? before?.name ?? nameOf(input.key, undefined),
      description: input.description ?? before?.description ?? '',
      picture: input.picture === undefined ? (before?.picture ?? null) : input.picture || null,
      popularity: input.popularity ?? before?.popularity ?? 0,
      details: input.details ?? before?.details ?? [],
      trail: tree.trail(categoryId).map(({ name }) => name).join(' '),
      tint: tree.tint(categoryId),
      variants,
    };
  });
}

function nameOf(key: string, name: string | undefined): string {
  if (name === undefined) throw new TypeError(`product ${key} is new and has no name`);
  return name;
}
