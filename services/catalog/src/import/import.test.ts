import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type OpenCatalog, openCatalog } from '../testing.ts';
import { importCategories } from './import-categories.ts';
import { importProducts } from './import-products.ts';
import { type Command, readCommand } from './options.ts';
import { Report } from './report.ts';


let catalog: OpenCatalog;
let folder: string;
let files = 0;

beforeAll(async () => {
  catalog = await openCatalog();
  folder = await mkdtemp(join(tmpdir(), 'emall-import-'));
});
afterAll(async () => {
  await catalog.close();
  await rm(folder, { recursive: true });
});

async function fileOf(content: string | Buffer): Promise<string> {
  const file = join(folder, `${(files += 1)}.csv`);
  await writeFile(file, content);
  return file;
}

/** Imports a file and returns its summary with all that was said, without the name of the file. */
async function importFile(file: string, ...args: string[]) {
  let said = '';
  const report = new Report(file, { write: (text) => (said += text) });
  const summary = await importProducts(catalog.jobDb, file, readCommand([file, ...args], 'GBP') as Command, report);
  await catalog.hear();
  const lines = said.split('\n').filter((line) => line !== '' && !line.endsWith('%'));
  return { ...summary, said: lines.map((line) => line.replace(/^\d+\.csv:/, '')) };
}

const importText = async (content: string | Buffer, ...args: string[]) => importFile(await fileOf(content), ...args);

async function productOf(slug: string) {
  return (await catalog.get(`/api/catalog/products/${slug}`)).json();
}

describe('importing products', () => {
  it('takes all columns, several variants of a product, and fields that stand on its first row only', async () => {
    const { created, refused } = await importText(
      'product,sku,name,price,was,category,description,stock,picture,popularity,option.colour,option.size,detail.material\n' +
      'tee,TEE-S,Plain Tee,24.00,30.00,Clothing > Tops,"Soft, ""heavy"" cotton.",3,shirt,7,White,S,Cotton\n' +
      'tee,TEE-M,,26,,,,0,,,White,M,\n');
    expect({ created, refused }).toEqual({ created: 2, refused: 0 });
    expect(await productOf('plain-tee')).toEqual({
      slug: 'plain-tee', name: 'Plain Tee', description: 'Soft, "heavy" cotton.', details: [{ name: 'Material', value: 'Cotton' }],
      category: { slug: 'tops', name: 'Tops' }, trail: [{ slug: 'clothing', name: 'Clothing' }, { slug: 'tops', name: 'Tops' }], tint: expect.any(Number),
      pictures: [{ name: 'shirt', alt: 'Plain Tee' }],
      variants: [
        { sku: 'TEE-S', options: { colour: 'White', size: 'S' }, picture: { name: 'shirt', alt: 'Plain Tee', recolour: null }, price: { amount: 2400, currency: 'GBP' }, was: { amount: 3000, currency: 'GBP' }, available: 3 },
        { sku: 'TEE-M', options: { colour: 'White', size: 'M' }, picture: { name: 'shirt', alt: 'Plain Tee', recolour: null }, price: { amount: 2600, currency: 'GBP' }, was: null, available: 0 },
      ],
    });
  });

  it('refuses bad rows one by one, with line, column and reason, and takes the good ones', async () => {
    const rows = [
      'G1,Good,1.50', ',No code,1.50', 'B2,,1.50', 'B3,No price,', 'B4,x,1e5', 'B5,x,-1', 'B6,x,NaN', 'B7,x,"1,50"', 'B8,x,0.00', 'B9,x,1.505', 'B10,x,£3',
      'B11,x,99999999.00', 'B 12,x,1', `${'x'.repeat(41)},x,1`, `B14,${'x'.repeat(201)},1`, 'G1,Again,1', 'B16,x', 'B17,x,1,2', 'g1,Case counts,2',
      'B19,bell\u0007,1', 'B20,"open,1', 'G2,"Good,',
    ];
    const { created, refused, said } = await importText(`sku,name,price\r\n${rows.join('\r\n').replace(/G2,"Good,$/, 'G2,Good too,1')}`);
    expect({ created, refused }).toEqual({ created: 3, refused: 19 });
    expect(said.toSorted()).toEqual([
      '3:sku: is missing', '5:price: is missing', '6:price: "1e5" is not an amount such as 12.50', '7:price: "-1" is not an amount such as 12.50',
      '8:price: "NaN" is not an amount such as 12.50', '9:price: "1,50" is not an amount such as 12.50', '10:price: "0.00" must be more than nothing',
      '11:price: "1.505" is not an amount such as 12.50', '12:price: "£3" is not an amount such as 12.50', '13:price: "99999999.00" is too high',
      '14:sku: "B 12" may hold letters, digits, dot, dash and underscore only', '15:sku: is longer than 40 characters', '16:name: is longer than 200 characters',
      '17:sku: G1 stands on line 2 already', '18:row: has 2 cells where the first line has 3', '19:row: has 4 cells where the first line has 3',
      '21:name: holds a control character', '22:row: a quotation mark is opened and never closed', '4:name: is missing',
    ].toSorted());
    const { rows: found } = await sql<{ sku: string }>`select sku from variant where sku ilike any('{g1,g2,b%}') order by sku`.execute(catalog.db);
    expect(found.map(({ sku }) => sku)).toEqual(['G1', 'G2', 'g1']);
  });

  it.each([
    ['stock', '2.5', '"2.5" is not a whole number'], ['stock', '-1', '"-1" is not a whole number'], ['stock', '1e3', '"1e3" is not a whole number'],
    ['stock', '2000000', '"2000000" is more than 1000000'], ['was', '1.00', 'is not more than the price'], ['was', 'free', '"free" is not an amount such as 12.50'],
    ['currency', 'USD', 'is USD; this shop sells in GBP'], ['picture', 'https://example.com/a.png', '"https://example.com/a.png" is not the name of a picture in the library'],
    ['picture', '../../etc/passwd', '"../../etc/passwd" is not the name of a picture in the library'], ['popularity', 'high', '"high" is not a whole number'],
    ['category', 'Home > > Pans', 'Home > > Pans is not a path such as Home > Kitchen, of at most 5 names'], ['description', 'x'.repeat(5001), 'is longer than 5000 characters'],
    ['option.colour', 'x'.repeat(61), 'is longer than 60 characters'], ['detail.care', 'x'.repeat(501), 'is longer than 500 characters'],
  ])('refuses a row with a bad %s (case %#)', async (column, cell, reason) => {
    const { created, refused, said } = await importText(`sku,name,price,${column}\nN1,Thing,1.00,${cell}\n`);
    expect({ created, refused, said }).toEqual({ created: 0, refused: 1, said: [`2:${column}: ${reason}`] });
  });

  it('refuses bytes that are not UTF-8, and mends what was encoded twice', async () => {
    const latin1 = Buffer.from('sku,name,price\nU1,Caf\xe9,1\n', 'latin1');
    const { refused, said } = await importText(latin1);
    expect({ refused, said }).toEqual({ refused: 1, said: ['2:name: is not valid UTF-8'] });
    const twice = await importText('sku,name,price\nU2,Voucher Â£10,10\nU3,Ã l’eau,1\n');
    expect(twice).toMatchObject({ created: 2, said: ['2:name: was encoded twice and is read as "Voucher £10"'] });
    expect(await productOf('voucher-10')).toMatchObject({ name: 'Voucher £10' });
  });

  it('takes the rows of a product together wherever they stand, and refuses variants that look the same', async () => {
    const { created, said } = await importText(
      'product,sku,name,price,option.size\nhat,H1,Hat,10,S\nbag,K1,Bag,20,\nhat,H2,,11,M\nhat,H3,,12,S\nhat,H4,,wrong,L\nghost,X1,,5,\n');
    expect(created).toBe(3);
    expect(said).toEqual(['6:price: "wrong" is not an amount such as 12.50', '5:option: has the same options as H1', '7:name: is missing']);
    expect((await productOf('hat')).variants.map(({ sku }: { sku: string }) => sku)).toEqual(['H1', 'H2']);
  });

  it('knows the rows of a product by its name as it is read, however it was encoded', async () => {
    const twice = Buffer.from('Café').toString('latin1');
    const rows = [`${twice},cup-s,Cup,S`, `Café,cup-m,Cup,M`, `${twice},cup-l,Cup,L`];
    expect(await importText(`product,sku,name,option.size,price\n${rows.map((row) => `${row},4.00\n`).join('')}`)).toMatchObject({ created: 3, refused: 0 });
    expect((await productOf('cup')).variants).toHaveLength(3);
  });

  it('keeps address, stock and what the file does not say when a product comes again', async () => {
    await importText('sku,name,price,category,description,stock\nR1,Old Name,10,Home,Long ago.,7\n');
    await catalog.order('PUT', '/internal/reservations/re-1', { lines: [{ sku: 'R1', quantity: 3 }], holdSeconds: 60 });
    expect(await importText('sku,name,price\nR1,New Name,12\n', '--stock', '100')).toMatchObject({ created: 0, updated: 1 });
    expect(await productOf('old-name')).toMatchObject({
      slug: 'old-name', name: 'New Name', description: 'Long ago.', category: { slug: 'home' }, variants: [{ price: { amount: 1200 }, available: 4 }],
    });
    await importText('sku,name,price,stock\nR1,New Name,12,1\n');
    const { rows } = await sql`select on_hand, reserved from stock where sku = 'R1'`.execute(catalog.db);
    expect(rows).toEqual([{ on_hand: 3, reserved: 3 }]);
  });

  it('moves a SKU to the product it now belongs to, and leaves no product without one', async () => {
    await importText('sku,name,price\nV1,Vase Red,10\nV2,Vase Blue,10\n');
    await importText('product,sku,name,price,option.colour\nvase-all,V1,Vase,10,Red\nvase-all,V2,,10,Blue\n');
    expect((await productOf('vase-all')).variants).toHaveLength(2);
    expect((await catalog.get('/api/catalog/products/vase-red')).statusCode).toBe(404);
  });

  it('gives products of one name different addresses, the same ones when they come again', async () => {
    const rows = 'sku,name,price\n15056bl,Same Sign,1\n15056BL,Same Sign,1\n9,Same Sign,1\nÜ,x,1\n';
    await importText(rows);
    const slugs = async () => (await sql<{ slug: string }>`select slug from product where name = 'Same Sign' order by key`.execute(catalog.db)).rows.map(({ slug }) => slug);
    const first = await slugs();
    expect(new Set(first).size).toBe(3);
    expect(first).toContain('same-sign');
    await importText(rows);
    expect(await slugs()).toEqual(first);
  });

  it.each([
    ['', 'the file is empty'], ['sku,name\nA,b\n', 'the file has no column price; it has sku, name. Name its own columns with --map price=…'],
    ['sku;name;price\nA;b;1\n', 'the file has no column sku, name, price; it has sku;name;price. Name its own columns with --map sku=…'],
    ['sku,name,price,sku\nA,b,1,A\n', 'the file has two columns "sku"'],
  ])('writes nothing when the file is %j', async (content, message) => {
    await expect(importText(content)).rejects.toThrow(message);
  });

  it.each([
    [['x.csv', '--map', 'sku'], '--map sku: not of the form sku=stock_code'], [['x.csv', '--currency', 'USD'], '--currency USD: this shop sells in GBP, and prices are not converted'],
    [['x.csv', '--stock', '-4'], 'stock'], [['x.csv', '--stock', 'many'], '--stock many: not a number of units'], [['x.csv', 'y.csv'], 'one file at a time: y.csv is one too many'],
    [['x.csv', '--colour'], 'colour'], [[], 'no file is named'], [['x.csv', '--category', 'A >'], '--category A >: not a path such as "Home > Kitchen"'],
  ])('refuses the command %j', (args, message) => {
    expect(() => readCommand(args, 'GBP')).toThrow(message);
  });
});

describe('importing categories', () => {
  const importText = async (content: string) => {
    let said = '';
    const file = await fileOf(content);
    const summary = await importCategories(catalog.jobDb, file, new Report(file, { write: (text) => (said += text.replace(/^\d+\.csv:/, '')) }));
    return { ...summary, said };
  };

  it('makes a tree of them in whatever order they stand', async () => {
    expect(await importText('slug,name,parent,position,tint\nc-low,Low,c-mid,1,\nc-mid,Mid,c-top,1,\nc-top,Top,,1,120\n')).toMatchObject({ written: 3, refused: 0 });
    const { items } = (await catalog.get('/api/catalog/categories')).json();
    await catalog.hear();
    expect(items.length).toBeGreaterThan(0);
    const fresh = (await catalog.get('/api/catalog/categories')).json().items.find(({ slug }: { slug: string }) => slug === 'c-top');
    expect(fresh).toMatchObject({ tint: 120, children: [{ slug: 'c-mid', tint: 120, children: [{ slug: 'c-low' }] }] });
  });

  it('refuses circles, unknown parents and bad cells', async () => {
    expect(await importText('slug,name,parent,tint\nr1,One,r2,\nr2,Two,r1,\nr3,Three,gone,\nR4,Four,,\nr5,Five,,400\nr6,Six,,\n')).toEqual({
      written: 1, refused: 5,
      said: '5:slug: "R4" is not a slug such as home-garden\n6:tint: "400" is more than 359\n2:parent: r2 leads to no department\n3:parent: r1 leads to no department\n4:parent: gone leads to no department\n',
    });
  });

  it('refuses to hang a category below itself', async () => {
    await importText('slug,name,parent\nk1,K,\nk2,L,k1\n');
    expect(await importText('slug,name,parent\nk1,K,k2\n')).toMatchObject({ written: 0, refused: 1 });
  });
});

describe('the import as a process', () => {
  const run = (args: string[], env: Record<string, string>) => new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (err += text));
    child.on('close', (code) => resolve({ code, out, err }));
  });

  it('ends with a summary and 0 although a row was refused', async () => {
    const file = await fileOf('sku,name,price\nP1,Fine,1\nP2,Not fine,x\n');
    const { code, out, err } = await run([file], { DATABASE_URL: catalog.url, SHOP_CURRENCY: 'GBP' });
    expect({ code, out }).toEqual({ code: 0, out: 'imported 1, updated 0, discontinued 0, refused 1\n' });
    expect(err).toMatch(/^\d+\.csv:3:price: "x" is not an amount such as 12\.50$/m);
  });

  it('fails when the file cannot be read, lacks a column, or the settings are wrong', async () => {
    const env = { DATABASE_URL: catalog.url };
    expect(await run(['/nowhere.csv'], env)).toMatchObject({ code: 1, err: expect.stringContaining('/nowhere.csv') });
    expect(await run([await fileOf('sku,name\nA,b\n')], env)).toMatchObject({ code: 1, err: expect.stringContaining('no column price') });
    expect(await run(['x.csv'], { SHOP_CURRENCY: 'pounds' })).toMatchObject({ code: 2, err: expect.stringMatching(/DATABASE_URL[\s\S]*SHOP_CURRENCY|SHOP_CURRENCY[\s\S]*DATABASE_URL/) });
  });
});
