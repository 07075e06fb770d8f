import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insist } from '@emall/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { CategoryTree } from '../categories/tree.ts';
import { writeProducts } from '../products/write.ts';
import { sweepLapsed } from '../stock/sweep.ts';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { importProducts } from './import-products.ts';
import { type Command, readCommand } from './options.ts';
import { Report } from './report.ts';

let catalog: OpenCatalog;
let folder: string;

beforeAll(async () => {
  catalog = await openCatalog();
  folder = await mkdtemp(join(tmpdir(), 'emall-discontinue-'));
});
afterAll(async () => {
  await catalog.close();
  await rm(folder, { recursive: true });
});

async function importText(content: string, ...args: string[]) {
  let said = '';
  const file = join(folder, 'feed.csv');
  await writeFile(file, content);
  const summary = await importProducts(catalog.jobDb, file, readCommand([file, ...args], 'GBP') as Command, new Report(file, { write: (text) => (said += text) }));
  await catalog.hear();
  return { ...summary, said: said.split('\n').filter((line) => line !== '') };
}

const get = async (path: string) => (await catalog.get(`/api/catalog/${path}`)).json();
const found = async (query: string) => (await get(`products?${query}`)).items.map(({ slug }: { slug: string }) => slug);
const reserve = (order: string, sku: string, quantity: number) =>
  insist(() => catalog.order('PUT', `/internal/reservations/${order}`, { lines: [{ sku, quantity }], holdSeconds: 60 }));
const settle = async (order: string, what: 'commit' | 'release') => (await catalog.order('POST', `/internal/reservations/${order}/${what}`)).statusCode;

async function stockOf(sku: string) {
  const { rows } = await sql<{ on_hand: number; reserved: number }>`select on_hand, reserved from stock where sku = ${sku}`.execute(catalog.db);
  return [rows[0]?.on_hand, rows[0]?.reserved];
}

describe('a SKU that is discontinued', () => {
  it('leaves listing, search, suggestions, facets and the page of its product, which goes on with the others', async () => {
    const rows = ['coat,COAT-R,Rain Coat,30.00,Coats,Crimson', 'coat,COAT-B,,50.00,,Navy'];
    await importText(`product,sku,name,price,category,option.colour\n${rows.join('\n')}\n`, '--stock', '4');
    expect(await found('q=crimson')).toEqual(['rain-coat']);

    expect(await importText('sku,status\nCOAT-R,discontinued\n')).toEqual({ created: 0, updated: 0, discontinued: 1, refused: 0, said: [] });
    expect((await get('products/rain-coat')).variants.map(({ sku }: { sku: string }) => sku)).toEqual(['COAT-B']);
    const list = await get('products?category=coats');
    expect(list.items).toMatchObject([{ slug: 'rain-coat', price: { amount: 5000 }, priceVaries: false, variants: 1 }]);
    expect(list.facets).toEqual([{ name: 'colour', values: [{ value: 'Navy', count: 1 }] }]);
    expect(await found('q=crimson')).toEqual([]);
    expect((await get('suggestions?q=crim')).items).toEqual([]);
    expect(await found('q=navy')).toEqual(['rain-coat']);
  });

  it('takes its product along when it was the last one: 404, and nothing of it is found or counted', async () => {
    await importText('sku,name,price,category\nLAST,Zither,90.00,Strings\n', '--stock', '4');
    await importText('sku,name,price,category,status\nLAST,Zither,90.00,Strings,discontinued\n');
    expect((await catalog.get('/api/catalog/products/zither')).statusCode).toBe(404);
    expect(await get('products?category=strings')).toMatchObject({ items: [], total: 0, facets: [] });
    expect((await get('categories')).items.find(({ slug }: { slug: string }) => slug === 'strings')).toMatchObject({ products: 0 });
    expect(await found('q=zither')).toEqual([]);
    expect(await get('suggestions?q=zith')).toMatchObject({ items: [], words: [] });
    expect(await get('variants?sku=LAST')).toEqual({ items: [] });
    const prices = await catalog.order('POST', '/internal/prices', { lines: [{ sku: 'LAST', quantity: 1 }] });
    expect(prices.json()).toEqual({ lines: [], unknown: ['LAST'] });
    expect((await reserve('too-late', 'LAST', 1)).json()).toMatchObject({ code: 'out-of-stock', lines: [{ sku: 'LAST', available: 0 }] });
  });

  it('stays with the orders that have it: held units can be bought, given back, or lapse', async () => {
    await importText('sku,name,price,stock\nKEPT,Kettle,20.00,10\n');
    for (const [order, quantity] of [['buys', 3], ['returns', 2], ['lapses', 1]] as const) expect((await reserve(order, 'KEPT', quantity)).statusCode).toBe(200);
    await importText('sku,status\nKEPT,discontinued\n');
    expect(await stockOf('KEPT')).toEqual([10, 6]);
    expect(await settle('buys', 'commit')).toBe(200);
    expect(await settle('returns', 'release')).toBe(200);
    await sql`update reservation set expires_at = clock_timestamp() - interval '1 second' where order_id = 'lapses'`.execute(catalog.checkoutDb);
    await sweepLapsed(catalog.checkoutDb);
    expect(await stockOf('KEPT')).toEqual([7, 0]);
    expect(await settle('buys', 'release')).toBe(200);
    expect(await stockOf('KEPT')).toEqual([10, 0]);
  });

  it('comes back at its address, with what was known of it and its stock as given', async () => {
    await importText('sku,name,price,description,stock\nBACK,Bell,5.00,It rings.,8\n');
    await importText('sku,status\nBACK,discontinued\n');
    await importText('sku,name,price\nOTHER,Bell,6.00\n');
    expect((await get('products/bell-other')).name).toBe('Bell');

    expect(await importText('sku,name,price,status\nBACK,Bell,7.00,active\n')).toMatchObject({ created: 1, updated: 0 });
    expect(await get('products/bell')).toMatchObject({ description: 'It rings.', variants: [{ sku: 'BACK', price: { amount: 700 }, available: 8 }] });
    expect(await found('q=bell')).toContain('bell');

    await importText('sku,status\nBACK,discontinued\n');
    await importText('sku,name,price,stock\nBACK,Bell,7.00,3\n');
    expect((await get('products/bell')).variants).toMatchObject([{ available: 3 }]);
    const { rows } = await sql`select from discontinued_product where key = 'BACK'`.execute(catalog.db);
    expect(rows).toHaveLength(0);
  });

  it('may stand on the first row of its product, whose fields are those of the others', async () => {
    await importText('product,sku,name,price,status,option.size\nrug,RUG-S,Rug,10.00,Discontinued,S\nrug,RUG-M,,20.00,,M\n');
    expect(await get('products/rug')).toMatchObject({ name: 'Rug', variants: [{ sku: 'RUG-M' }] });
  });

  it('may be one that is not on sale, as in a feed that comes every night', async () => {
    await importText('sku,name,price\nGONE,Gong,5.00\n');
    expect(await importText('sku,status\nGONE,discontinued\nNEVER,discontinued\n')).toMatchObject({ discontinued: 1, refused: 0 });
    expect(await importText('sku,status\nGONE,discontinued\nNEVER,discontinued\n')).toMatchObject({ discontinued: 0, refused: 0, said: [] });
  });
});

describe('the column status', () => {
  it('is refused row by row where it is neither, and its rows alone may lack name and price', async () => {
    const rows = ['S1,One,1.00,sold', 'S2,Two,1.00,ACTIVE', 'S3,,,', 'S4,,,discontinued', 'S4,Four,1.00,active', ',,,discontinued', 'S7,Seven,1.00,Active'];
    const { said, ...summary } = await importText(`stock_code,name,price,state\n${rows.join('\n')}\n`, '--map', 'sku=stock_code,status=state');
    expect(summary).toEqual({ created: 2, updated: 0, discontinued: 0, refused: 4 });
    expect(said.toSorted()).toEqual([
      'feed.csv:2:state: "sold" is neither active nor discontinued', 'feed.csv:4:price: is missing',
      'feed.csv:6:sku: S4 stands on line 5 already', 'feed.csv:7:stock_code: is missing',
    ]);
  });

  it('takes the SKUs of a batch off sale with all else of it, or not at all', async () => {
    await importText('sku,name,price\nWHOLE,Whole,5.00\n');
    const broken = { key: 'BROKEN', name: 'Broken', categoryId: undefined, description: undefined, picture: undefined, popularity: undefined, details: undefined, variants: [{ sku: 'BROKEN', options: {}, price: 0, was: null, stock: 1 }] };
    const writing = { inputs: [broken], discontinued: ['WHOLE'], currency: 'GBP', tree: new CategoryTree([]) };
    await expect(catalog.jobDb.transaction().execute((trx) => writeProducts(trx, writing))).rejects.toThrow('variant_price_check');
    expect((await get('products/whole')).variants).toHaveLength(1);

    const changes = async () => Number((await sql<{ n: string }>`select count(*) as n from change where 'products' = any(tags)`.execute(catalog.db)).rows[0]?.n);
    const before = await changes();
    await catalog.jobDb.transaction().execute((trx) => writeProducts(trx, { ...writing, inputs: [] }));
    expect(await changes()).toBe(before + 1);
  });
});
