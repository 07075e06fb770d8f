import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import contract from '../openapi.json' with { type: 'json' };
import { type OpenCatalog, openCatalog } from './testing.ts';

const operations = Object.entries(contract.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => [method.toUpperCase(), path] as const));

let catalog: OpenCatalog;
beforeAll(async () => {
  catalog = await openCatalog();
});
afterAll(() => catalog.close());

describe('every operation of the contract', () => {
  it.each(operations)('%s %s says how many statements it may cost', async (method, path) => {
    // What it answers does not matter here: the route is found before.
    await catalog.app.inject({ method: method as 'GET', url: path.replaceAll(/\{\w+\}/g, 'x') });
    expect(catalog.stated()).toBeGreaterThan(0);
    // A listing and the words that it is understood by: no reader of the catalogue costs more (DESIGN.md, query budget).
    expect(catalog.stated()).toBeLessThanOrEqual(2);
  });
});
