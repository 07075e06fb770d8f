import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { list } from '../../testing/data.ts';
import { healthy, type OpenPages, openPages } from '../../testing/pages.ts';

let pages: OpenPages;
beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.close());
beforeEach(() => {
  Object.assign(pages.upstream.handlers, healthy());
  pages.upstream.calls.length = 0;
});

describe('GET /c/{slug}', () => {
  it('shows the way here, the count, the products and a link to more', async () => {
    const { statusCode, body } = await pages.get('/c/mugs');
    expect(statusCode).toBe(200);
    expect(body).toContain('<a href="/c/kitchen">Kitchen &amp; table</a>');
    expect(body).toContain('26 products');
    expect(body).toContain('href="/p/mug"');
    expect(body).toContain('href="/c/mugs?cursor=next-page"');
  });

  it('introduces a category that has something to say of itself', async () => {
    const { body } = await pages.get('/c/mugs');
    expect(body).toMatch(/<\/h1><p class="listing-intro">For the first sip of the day.<\/p>/);
    expect(body).toContain('<meta name="description" content="For the first sip of the day."/>');
    const { body: plain } = await pages.get('/c/kitchen');
    expect(plain).not.toContain('listing-intro');
    expect(plain).toMatch(/<meta name="description" content="Kitchen & table at E-Mall: /);
  });

  it('says what is reduced, what varies and what is sold out', async () => {
    const { body } = await pages.get('/c/mugs');
    expect(body).toContain('<s class="price-was">£15.00</s>');
    expect(body).toContain('from </span>');
    expect(body).toContain('Sold out');
  });

  it('draws what was filtered by colour in that colour, also what is added below', async () => {
    expect((await pages.get('/c/mugs')).body).not.toMatch(/tone-/);
    const [mug] = list.items;
    pages.upstream.handlers['GET /api/catalog/products'] = () => ({ body: { ...list, items: [{ ...mug, picture: { name: '2615', alt: 'A mug', recolour: 'Red' } }] } });
    const { body } = await pages.get('/c/mugs?colour=Red&colour=Blue');
    expect(body).toContain('<img class="tile-picture tone-red"');
    expect(body).toMatch(/id="listing".*<filter id="tone-red".*<filter id="tone-blue".*id="products"/);
  });

  it('offers sizes from small to large', async () => {
    const { body } = await pages.get('/c/mugs');
    expect([...body.matchAll(/name="size" value="([^"]+)"/g)].map(([, size]) => size)).toEqual(['S', 'M', 'L', 'XL']);
  });

  it('gives an imported product without a picture a tile with its initial', async () => {
    const { body } = await pages.get('/c/mugs');
    expect(body).toContain('<span class="tile-initial" aria-hidden="true">G</span>');
  });

  it('asks the catalogue once for each thing it shows', async () => {
    await pages.get('/c/mugs?colour=Red&sort=price-asc&min=2');
    const asked = pages.upstream.calls.map(({ url }) => url).filter((url) => url.includes('/products'));
    expect(asked).toEqual(['/api/catalog/products?category=mugs&sort=price-asc&min=200&colour=Red&in_stock=false&limit=24']);
  });

  it('is the same whether htmx asks or a browser: a shared cache knows no difference', async () => {
    const plain = await pages.get('/c/mugs');
    const fragment = await pages.get('/c/mugs', { 'hx-request': 'true' });
    expect(fragment.body).toBe(plain.body);
  });

  it('answers 404 with a page for a category that does not exist', async () => {
    const { statusCode, headers, body } = await pages.get('/c/nowhere');
    expect([statusCode, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(body).toContain('There is nothing at this address');
  });

  it('is never an empty shelf when the catalogue does not answer', async () => {
    pages.upstream.handlers['GET /api/catalog/products'] = () => ({ status: 503, body: { code: 'unavailable' } });
    const { statusCode, headers, body } = await pages.get('/c/mugs');
    expect([statusCode, headers['retry-after']]).toEqual([503, '1']);
    expect(body).toContain('This page needs a moment');
    expect(body).not.toContain('0 products');
  });
});

describe('GET /search', () => {
  it('keeps the words in the field', async () => {
    const { body } = await pages.get('/search?q=mug');
    expect(body).toMatch(/<input id="q"[^>]*value="mug"/);
    expect(body).toContain('Results for “mug”');
  });

  it('says how the words were understood', async () => {
    pages.upstream.handlers['GET /api/catalog/products'] = () => ({ body: { ...list, corrected: 'headphones' } });
    expect((await pages.get('/search?q=hedphones')).body).toContain('Understood as <b>headphones</b>');
  });

  it('helps on when nothing was found', async () => {
    pages.upstream.handlers['GET /api/catalog/products'] = () => ({ body: { items: [], nextCursor: null, total: 0, totalIsExact: true } });
    const { statusCode, body } = await pages.get('/search?q=zzz');
    expect(statusCode).toBe(200);
    expect(body).toContain('Nothing here matches that');
    expect(body).not.toContain('class="facets"');
    expect((await pages.get('/search?q=zzz&colour=Red')).body).toContain('Clear all filters');
  });

  it('keeps a price that is none in its field, and says what is expected', async () => {
    const { statusCode, body } = await pages.get('/search?min=%22abc&max=-4');
    expect(statusCode).toBe(200);
    expect(body).toMatch(/name="min" value="&#34;abc"[^>]*aria-invalid="true" aria-describedby="price-wrong"/);
    expect(body).toMatch(/name="max" value="-4"[^>]*aria-invalid="true"/);
    expect(body).toContain('Enter a price, for example 20 or 19.99');
    expect(body).toContain('The price filter could not be used');
    expect(pages.upstream.calls.find(({ url }) => url.startsWith('/api/catalog/products'))?.url).not.toMatch(/min=|max=/);
  });

  it('refuses an address that is no text with a page', async () => {
    const { statusCode, headers } = await pages.get('/search?q=%ff');
    expect([statusCode, headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
  });
});

describe('GET /search/suggestions', () => {
  it('gives options for the list box', async () => {
    const { body } = await pages.get('/search/suggestions?q=mu');
    expect(body).toContain('role="option"');
    expect(body).toContain('href="/search?q=mugs"');
    expect(body).toContain('href="/c/mugs"');
  });

  it('asks nobody about a single letter', async () => {
    expect((await pages.get('/search/suggestions?q=m')).body).toBe('');
    expect(pages.upstream.calls).toEqual([]);
  });
});
