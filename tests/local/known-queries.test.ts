import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import contract from '../../gateway/openapi.json' with { type: 'json' };
import { TestEdge } from './edge.ts';

interface Parameter {
  in: string;
  name: string;
  schema: { type?: string; anyOf?: { const?: string }[]; enum?: string[]; minimum?: number };
}

/** What is read of the catalogue, with the parameters of its query: the edge rebuilds a query from those it knows, in its own order. */
const reads = Object.entries(contract.paths as unknown as Record<string, { get?: { parameters?: Parameter[] } }>).flatMap(([path, { get }]) => {
  const known = get?.parameters?.filter((parameter) => parameter.in === 'query') ?? [];
  return path.startsWith('/api/catalog/') && known.length > 0 ? [{ path, known }] : [];
});

/** Something that it may be; of lists two. */
function given({ name, schema }: Parameter): string[] {
  if (schema.type === 'array') return [`${name}=A`, `${name}=B`];
  if (schema.type === 'boolean') return [`${name}=true`];
  if (schema.type === 'integer') return [`${name}=${(schema.minimum ?? 0) + 7}`];
  return [`${name}=${schema.enum?.[0] ?? schema.anyOf?.[0]?.const ?? 'word'}`];
}

const edge = new TestEdge();
beforeAll(() => edge.prepare(2, (_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public, s-maxage=600' }).end('{}')));
afterAll(() => edge.close());
beforeEach(() => edge.start(), 40_000);
afterEach(() => edge.stop());

describe('what the contract lets be asked of the catalogue', () => {
  it('is read with a query', () => {
    expect(reads.map(({ path }) => path)).toEqual(expect.arrayContaining(['/api/catalog/products', '/api/catalog/suggestions']));
  });

  it.each(reads)('arrives whole at $path, in whatever order and among whatever else; what is kept of it is kept once', async ({ path, known }) => {
    const parts = known.flatMap(given);
    const lists = known.filter(({ schema }) => schema.type === 'array').map(({ name }) => name);
    // The order of a list's values is the list's own.
    const isInOrder = (asked: string[]) => lists.every((name) => asked.indexOf(`${name}=A`) < asked.indexOf(`${name}=B`));
    const orders = fc.sample(fc.shuffledSubarray([...parts, 'utm_source=mail', '_=1', 'Q=no'], { minLength: parts.length + 3 }).filter(isInOrder), { numRuns: 20, seed: 4 });
    const layers: (string | undefined)[] = [];
    for (const asked of orders) layers.push((await edge.get(`${path}?${asked.join('&')}`)).headers['x-cache']);
    const arrived = edge.seen.map(({ request }) => request.url?.split('?')[1]?.split('&') ?? []);
    for (const each of arrived) expect(each).toEqual(expect.arrayContaining(parts));
    // What the edge keeps nothing of (it is asked live) goes on as it came.
    if (layers[0] === undefined) return;
    expect(layers).toEqual(['source', ...orders.slice(1).map(() => 'edge')]);
    expect(arrived.map((each) => each.toSorted())).toEqual([parts.toSorted()]);
  });
});
