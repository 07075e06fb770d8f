import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { product } from '../../testing/data.ts';
import { healthy, type OpenPages, openPages } from '../../testing/pages.ts';

let pages: OpenPages;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());
beforeEach(() => void Object.assign(pages.upstream.handlers, healthy()));

describe('GET /p/{slug}', () => {
  it('shows name, price, stock, description and details', async () => {
    const { statusCode, body } = await pages.get('/p/shirt');
    expect(statusCode).toBe(200);
    for (const text of ['Linen shirt', '£42.00', 'In stock', 'Softer from the second.', '<th scope="row">Material</th>']) expect(body).toContain(text);
  });

  it('offers variants as radio buttons and shows what is sold out', async () => {
    const { body } = await pages.get('/p/shirt');
    expect(body).toContain('<input class="pick-1" type="radio" name="choice" value="1" checked/>');
    expect(body).toContain('<input class="pick-2" type="radio" name="choice" value="2" disabled/>');
    expect(body).toContain('name="sku-1" value="SHIRT-RED-S" checked');
    expect(body).toContain('2 left');
  });

  it('shows the picture in every colour: the first is its own, the others have a filter', async () => {
    const { body } = await pages.get('/p/shirt');
    expect(body).toContain('<filter id="tone-blue"');
    expect(body).toMatch(/tile-picture tone-blue/);
    expect(body).not.toContain('tone-red');
    expect(body).toContain('alt="A shirt, red"');
  });

  it('cannot be bought when everything is sold out', async () => {
    const variants = product.variants.map((variant) => ({ ...variant, available: 0 }));
    pages.upstream.handlers['GET /api/catalog/products/shirt'] = () => ({ body: { ...product, variants } });
    const { body } = await pages.get('/p/shirt');
    expect(body).toMatch(/<button class="button buy-button" type="submit" disabled>Sold out/);
  });

  it('promises delivery only where something is left', async () => {
    expect((await pages.get('/p/shirt')).body).toContain('Standard delivery, free from');
    const variants = product.variants.map((variant) => ({ ...variant, available: 0 }));
    pages.upstream.handlers['GET /api/catalog/products/shirt'] = () => ({ body: { ...product, variants } });
    const { body } = await pages.get('/p/shirt');
    expect(body).toContain('None are left.');
    expect(body.replace(/<footer[^]*/, '')).not.toMatch(/delivery|stores/i);
  });

  it('says nothing about a product of which nothing is said', async () => {
    pages.upstream.handlers['GET /api/catalog/products/shirt'] = () => ({ body: { ...product, description: ' \n', details: [] } });
    expect((await pages.get('/p/shirt')).body).not.toMatch(/About it|product-details/);
    pages.upstream.handlers['GET /api/catalog/products/shirt'] = () => ({ body: { ...product, description: '' } });
    const { body } = await pages.get('/p/shirt');
    expect(body).toContain('Material');
    expect(body).not.toContain('About it');
  });

  it('is whole without its neighbours on the shelf', async () => {
    pages.upstream.handlers['GET /api/catalog/products'] = () => 'reset';
    const { statusCode, body } = await pages.get('/p/shirt');
    expect(statusCode).toBe(200);
    expect(body).not.toContain('From the same shelf');
  });

  it('answers 404 for what is not sold, and 503 when nobody knows', async () => {
    expect((await pages.get('/p/nothing')).statusCode).toBe(404);
    pages.upstream.handlers['GET /api/catalog/products/No%20Slug'] = () => ({ status: 400, body: { code: 'invalid-request' } });
    expect((await pages.get('/p/No%20Slug')).statusCode).toBe(404);
    pages.upstream.handlers['GET /api/catalog/products/shirt'] = () => 'reset';
    expect((await pages.get('/p/shirt')).statusCode).toBe(503);
  });
});
