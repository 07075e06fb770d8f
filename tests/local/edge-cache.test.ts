import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { securityHeaders } from '../../services/storefront/src/shared/security.ts';
import { type EdgeAnswer, TestEdge } from './edge.ts';
import { until } from './shop.ts';

const edge = new TestEdge();

/** The number of the answer, which a cache repeats and the source does not. */
let made = 0;
const SHARED = 'public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=600';
const KEPT_LONG = 'public, s-maxage=600';
const filler = 'more text, so that it is worth compressing. '.repeat(200);

/** As pages come from a gateway: compressed if that is asked for. */
const page = (headers: Record<string, string | string[]> = {}, text = ''): RequestListener => (request, response) => {
  made += 1;
  const body = Buffer.from(`answer ${made} to ${request.url} ${text}${filler}`);
  const gzip = String(request.headers['accept-encoding']).includes('gzip');
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8', 'cache-control': KEPT_LONG, etag: `"${made}"`,
    ...(gzip && { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }), ...headers,
  });
  response.end(gzip ? gzipSync(body) : body);
};
const refuse: RequestListener = (_request, response) => void response.writeHead(503, { 'cache-control': 'no-store', 'retry-after': '1' }).end('busy');
const hangUp: RequestListener = (request) => void request.socket.resetAndDestroy();

const answer = (listener: RequestListener) => void edge.behaviour.splice(0, 2, listener, listener);
const urls = () => edge.seen.map(({ request }) => `${request.method} ${request.url}`);
const textOf = ({ headers, body }: EdgeAnswer) => (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
const numberOf = (given: EdgeAnswer) => Number(/^answer (\d+)/.exec(textOf(given))?.[1]);
const layers = (answers: EdgeAnswer[]) => [...new Set(answers.map(({ status, headers }) => `${status} ${headers['x-cache']}`))].sort();

/** Until a copy may no longer be served while a new one is fetched: s-maxage and stale-while-revalidate, and the second that nginx's clock adds. */
const untilExpired = () => pass(3100);

beforeAll(() => edge.prepare(2, page()));
afterAll(() => edge.close());
beforeEach(() => edge.start(), 40_000);
afterEach(() => edge.stop());

describe('a shared page', () => {
  it.each(['/', '/c/mugs', '/p/lamp', '/search?q=mug', '/search/suggestions?q=mu', '/api/catalog/products?q=mug', '/api/catalog/products/lamp', '/api/catalog/categories', '/api/catalog/suggestions?q=mu', '/api/openapi.json'])('is fetched once, and says who answered: %s', async (path) => {
    const first = await edge.get(path);
    const second = await edge.get(path);
    expect([first.headers['x-cache'], second.headers['x-cache']]).toEqual(['source', 'edge']);
    expect(second.body).toEqual(first.body);
    expect(urls()).toEqual([`GET ${path}`]);
  });

  it('says which layer behind the edge answered', async () => {
    answer(page({ 'x-cache': 'redis' }));
    expect((await edge.get('/api/catalog/categories')).headers['x-cache']).toBe('redis');
    expect((await edge.get('/api/catalog/categories')).headers['x-cache']).toBe('edge');
  });

  it('carries the request id of each request, not of the one that fetched it', async () => {
    answer(page({ 'x-request-id': 'of-the-first' }));
    const ids = [await edge.get('/p/lamp'), await edge.get('/p/lamp')].map(({ headers }) => headers['x-request-id']);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(2);
  });

  it('is the same for every shopper: nothing of the first goes on, nothing of an answer for one is kept', async () => {
    const mine = { cookie: '__Host-emall-8080=secret', authorization: 'Bearer secret', 'accept-language': 'fr', referer: 'http://127.0.0.1/orders/1?key=secret', 'hx-current-url': '/orders/1?key=secret', range: 'bytes=0-9' };
    const first = await edge.get('/p/lamp', mine);
    expect(JSON.stringify(edge.seen[0]?.request.headers)).not.toMatch(/secret|fr"|bytes/);
    const second = await edge.get('/p/lamp', { cookie: '__Host-emall-8080=another' });
    expect([second.status, second.headers['x-cache'], textOf(second)]).toEqual([200, 'edge', textOf(first)]);
  });

  it('carries the security headers of its service, also where it is not there', async () => {
    const said: Record<string, string> = {};
    const put = (more: Record<string, string>) => Object.assign(said, more);
    securityHeaders({ paymentOrigin: 'https://pay.example' })({ routeOptions: { url: '/p/:slug' } } as never, { headers: put, header: (name: string, value: string) => put({ [name]: value }), hasHeader: () => false } as never);
    expect(Object.keys(said).length).toBeGreaterThan(5);
    answer(page(said));
    for (let time = 0; time < 2; time += 1) expect((await edge.get('/p/lamp')).headers).toMatchObject(said);
    answer((_request, response) => void response.writeHead(404, { ...said, 'cache-control': 'no-store' }).end());
    expect((await edge.get('/p/none')).headers).toMatchObject(said);
  });

  it('is found under the same name by htmx', async () => {
    await edge.get('/c/mugs');
    expect((await edge.get('/c/mugs', { 'hx-request': 'true', 'hx-target': 'listing' })).headers['x-cache']).toBe('edge');
  });

  it('is whole for who asks for a part of it, and for who looked first with HEAD', async () => {
    const looked = await edge.get('/p/lamp', {}, 'HEAD');
    expect([looked.status, looked.body.length, urls()]).toEqual([200, 0, ['GET /p/lamp']]);
    const part = await edge.get('/p/lamp', { range: 'bytes=0-9' });
    expect([part.status, part.headers['x-cache'], textOf(part).length > 1000]).toEqual([200, 'edge', true]);
  });

  it('is compressed once, and the same bytes for who reads no gzip', async () => {
    const plain = await edge.get('/p/lamp');
    const packed = await edge.get('/p/lamp', { 'accept-encoding': 'br, gzip' });
    expect([plain.headers['content-encoding'], packed.headers['content-encoding'], packed.headers['vary']]).toEqual([undefined, 'gzip', 'Accept-Encoding']);
    expect(gunzipSync(packed.body)).toEqual(plain.body);
    expect((await edge.get('/p/lamp', { 'accept-encoding': 'br, gzip' })).body).toEqual(packed.body);
    expect(urls()).toHaveLength(1);
  });

  it('is kept compressed also where it came as it is', async () => {
    answer((request, response) => page()(Object.assign(request, { headers: {} }), response));
    const packed = [await edge.get('/api/openapi.json', { 'accept-encoding': 'gzip' }), await edge.get('/api/openapi.json', { 'accept-encoding': 'gzip' })];
    expect(packed.map(({ headers }) => [headers['x-cache'], headers['content-encoding']])).toEqual([['source', 'gzip'], ['edge', 'gzip']]);
    const kept = readdirSync(join(edge.home.nginx, 'cache/pages'), { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    expect(kept.map(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes('worth compressing'))).toEqual([false]);
  });

  it('is not sent again to a browser that has it', async () => {
    const { headers } = await edge.get('/p/lamp', { 'accept-encoding': 'gzip' });
    const again = await edge.get('/p/lamp', { 'accept-encoding': 'gzip', 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body.length, again.headers['x-cache']]).toEqual([304, 0, 'edge']);
    expect((await edge.get('/p/lamp', { 'if-none-match': '"another"' })).status).toBe(200);
    expect(urls()).toHaveLength(1);
  });

  it('is in the access log with what the cache said', async () => {
    await edge.get('/p/lamp');
    await edge.get('/p/lamp');
    const file = join(edge.home.logs, 'access.log');
    const statuses = () => (existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').filter((line) => line.includes('"/p/lamp"')).map((line) => (JSON.parse(line) as { cache: string }).cache);
    await until(() => statuses().slice(-2).sort().join() === 'HIT,MISS', 10_000, () => `the log says ${statuses().join()}`);
  });
});

describe('the name of a copy', () => {
  it.each([
    ['/c/mugs?utm_source=mail&fbclid=1&_=123', '/c/mugs'],
    ['/?q=mug', '/'],
    ['/p/lamp?colour=Red', '/p/lamp'],
    ['/c/mugs?q=mug&sort=name', '/c/mugs?sort=name'],
    ['/c/mugs?min=5&sort=name', '/c/mugs?sort=name&min=5'],
    ['/search?sort=name&q=mug&x=1', '/search?q=mug&sort=name'],
    ['/search?q=&q=mug&q=cup', '/search?q=mug'],
    ['/search?xq=mug&Q=mug&q', '/search'],
    ['/c/mugs?size=M&colour=Red&x=1&colour=Blue', '/c/mugs?colour=Red&colour=Blue&size=M'],
    ['/search/suggestions?q=mu&sort=name', '/search/suggestions?q=mu'],
    ['/api/catalog/products?limit=5&category=mugs&cursor=abc&in_stock=true&max=9&a=1', '/api/catalog/products?category=mugs&max=9&in_stock=true&cursor=abc&limit=5'],
    ['/api/catalog/products/lamp?x=1', '/api/catalog/products/lamp'],
    ['/api/catalog/suggestions?x=1&q=mu', '/api/catalog/suggestions?q=mu'],
    ['//c/./mugs', '/c/mugs'],
    ['/orders/..%2fp/%6Camp', '/p/lamp'],
    ['/api/catalog/categories?x=1', '/api/catalog/categories'],
    ['/api/openapi.json?x=1', '/api/openapi.json'],
  ])('of %s is what is asked for behind: %s', async (asked, behind) => {
    expect((await edge.get(asked)).status).toBe(200);
    expect(urls()).toEqual([`GET ${behind}`]);
    expect((await edge.get(behind)).headers['x-cache']).toBe('edge');
  });

  it('is found in a query as long as an address may be', async () => {
    for (const noise of ['a=1&'.repeat(1900), `a=${'x'.repeat(7500)}&`]) await edge.get(`/c/mugs?${noise}size=M`);
    expect(urls()).toEqual(['GET /c/mugs?size=M']);
  });

  it('has four values of a facet; with more nothing is cut, and nothing kept at the edge', async () => {
    const four = '/c/mugs?colour=a&colour=b&colour=c&colour=d&size=1&size=2&size=3&size=4';
    const five = '/c/mugs?x=1&colour=a&colour=b&colour=c&colour=d&colour=e';
    const asked = [];
    for (const path of [four, four, five, five]) asked.push((await edge.get(path)).headers['x-cache']);
    expect(asked).toEqual(['source', 'edge', 'source', 'source']);
    expect(urls()).toEqual(expect.arrayContaining([`GET ${four}`, `GET ${five}`]));
  });
});

describe('what is not the same for everybody', () => {
  it.each(['/cart', '/checkout', '/orders', '/orders/1?key=secret', '/orders/1/x.css', '/account/x.css', '/cart/x.js', '/api/cart', '/api/orders/1', '/p/lamp/x', '/p/Lamp', '/p/a%3Fb', '/nowhere'])('is asked for each time, whatever the answer says, and keeps its cookie: %s', async (path) => {
    for (let time = 0; time < 2; time += 1) expect((await edge.get(path, { cookie: 'a=b' })).headers).not.toHaveProperty('x-cache');
    expect(edge.seen.map(({ request }) => request.headers.cookie)).toEqual(['a=b', 'a=b']);
  });

  it.each<[string, Record<string, string>]>([
    ['says that it is private', { 'cache-control': 'private, no-store' }],
    ['says nothing', { 'cache-control': '' }],
    ['sets a cookie', { 'set-cookie': 'a=b' }],
    ['depends on a header that is not in its name', { vary: 'Accept-Encoding, Cookie' }],
  ])('is not kept when an answer %s', async (_what, headers) => {
    answer(page(headers));
    const numbers = [await edge.get('/p/lamp'), await edge.get('/p/lamp')].map(numberOf);
    expect(numbers[1]).toBe(Number(numbers[0]) + 1);
  });

  it('is a form: what is posted to a shared address reaches the gateway each time', async () => {
    await edge.get('/search', { 'content-length': '0' }, 'POST');
    await edge.get('/search', { 'content-length': '0' }, 'POST');
    expect(urls()).toEqual(['POST /search', 'POST /search']);
  });
});

describe('a change', () => {
  beforeEach(() => answer(page({ 'cache-control': SHARED })));

  it('is seen by who keeps looking, who never waits for it', async () => {
    const first = numberOf(await edge.get('/p/lamp'));
    const shown: EdgeAnswer[] = [];
    const last = () => shown.at(-1) as EdgeAnswer;
    await until(async () => shown.push(await edge.get('/p/lamp')) > 0 && numberOf(last()) > first, 20_000, () => 'the old page is shown for ever');
    expect(layers(shown)).toEqual(['200 edge', '200 edge-stale']);
  });

  it('is seen by the first who looks again after a quiet time', async () => {
    const first = numberOf(await edge.get('/p/lamp'));
    await untilExpired();
    expect(numberOf(await edge.get('/p/lamp'))).toBe(first + 1);
  });

  it('is seen when the page has gone', async () => {
    await edge.get('/p/lamp');
    answer((_request, response) => void response.writeHead(404, { 'cache-control': 'private, no-store' }).end('gone'));
    await untilExpired();
    expect((await edge.get('/p/lamp')).status).toBe(404);
  });
});

describe('a thousand who ask at once', () => {
  it('for a page that nobody has, cost the source one request', async () => {
    const answers = await edge.ask(1000, '/p/lamp');
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.toString()}`)).size).toBe(1);
    expect(urls()).toEqual(['GET /p/lamp']);
  });

  it('for one whose copy has expired, are served the copy while one of them waits for what is slow', async () => {
    answer(page({ 'cache-control': SHARED }));
    const old = numberOf(await edge.get('/p/lamp'));
    await untilExpired();
    const asked = { now: 0, most: 0, ever: 0 };
    answer((request, response) => {
      asked.ever += 1;
      asked.most = Math.max(asked.most, (asked.now += 1));
      response.once('close', () => (asked.now -= 1));
      setTimeout(() => page({ 'cache-control': SHARED })(request, response), 1500);
    });
    const answers = await edge.ask(1000, '/p/lamp');
    expect(layers(answers)).toEqual(['200 edge-stale', '200 source']);
    expect(asked.most).toBe(1);
    // On a machine that is busy some come when the first has been answered.
    expect(asked.ever).toBeLessThan(5);
    expect(answers.filter((each) => numberOf(each) === old).length).toBeGreaterThan(500);
  });
});

describe('a hundred who ask at once', () => {
  it('for a page that is not made within the 100 ms of the first wait, cost the source one request too', async () => {
    answer((request, response) => void setTimeout(() => page()(request, response), 250));
    const answers = await edge.ask(100, '/p/lamp');
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.toString()}`)).size).toBe(1);
    expect(urls()).toEqual(['GET /p/lamp']);
  });
});

describe('while what lies behind', () => {
  const failures: [string, RequestListener][] = [
    ['is too busy', refuse],
    ['says 429', (_request, response) => void response.writeHead(429).end()],
    ['fails', (_request, response) => void response.writeHead(500).end()],
    ['is dead', hangUp],
  ];
  it.each(failures)('%s, the last copy is shown, and what has none is not there', async (_what, failing) => {
    answer(page({ 'cache-control': SHARED }));
    const old = await edge.get('/p/lamp');
    await untilExpired();
    answer(failing);
    const shown = await edge.get('/p/lamp');
    expect([shown.status, shown.headers['x-cache'], textOf(shown)]).toEqual([200, 'edge-stale', textOf(old)]);
    expect((await edge.get('/p/other')).status).toBeGreaterThanOrEqual(429);
  });

  it('is too busy, it is asked again by one of a hundred, or two where a second ends', async () => {
    answer(page({ 'cache-control': SHARED }));
    await edge.get('/p/lamp');
    await untilExpired();
    answer(refuse);
    edge.seen.length = 0;
    const answers = await edge.ask(100, '/p/lamp');
    expect(layers(answers)).toEqual(['200 edge-stale']);
    expect(urls().length).toBeLessThanOrEqual(2);
  });

  it('is dead, people are shown a page that tries again and programs a problem', async () => {
    answer(hangUp);
    const shown = await edge.get('/p/lamp');
    expect([shown.status, shown.headers['retry-after'], textOf(shown).includes('busy.css')]).toEqual([503, '5', true]);
    const problem = await edge.get('/api/catalog/products');
    expect([problem.status, problem.headers['content-type']]).toEqual([503, expect.stringContaining('application/problem+json')]);
    expect(JSON.parse(textOf(problem))).toMatchObject({ code: 'unavailable', requestId: problem.headers['x-request-id'] });
  });

  it('is dead, a failure is forgotten when it is back', async () => {
    answer(refuse);
    expect((await edge.get('/p/lamp')).status).toBe(503);
    answer(page());
    expect((await edge.get('/p/lamp')).status).toBe(200);
  });
});

describe('without a protection', () => {
  it('edge-cache, every request reaches a gateway as it came', async () => {
    await edge.stop();
    await edge.start('edge-cache');
    for (let time = 0; time < 2; time += 1) await edge.get('/c/mugs?utm=1', { cookie: 'a=b' });
    expect(urls()).toEqual(['GET /c/mugs?utm=1', 'GET /c/mugs?utm=1']);
    expect(edge.seen[0]?.request.headers.cookie).toBe('a=b');
  });

  it('deadlines, what takes longer than they allow is waited for', async () => {
    await edge.stop();
    await edge.start('deadlines');
    answer((request, response) => void setTimeout(() => page()(request, response), 2500));
    expect((await edge.get('/cart')).status).toBe(200);
    expect(urls()).toHaveLength(1);
  });
});
