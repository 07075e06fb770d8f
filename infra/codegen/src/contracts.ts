import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const root = join(import.meta.dirname, '../../..');

/** Which services call which: a consumer gets types of the whole contract of what it calls. */
const CONSUMERS: Record<string, string[]> = {
  catalog: ['cart', 'order', 'storefront'],
  cart: ['order', 'storefront'],
  order: ['storefront'],
};

type Document = { openapi: string; info: object; paths: Record<string, object>; components?: { schemas?: Record<string, object> } };

/** Every generated file by its path from the root: contracts, consumers' types, the public document of the gateway. */
export async function contracts(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const documents: Document[] = [];
  for (const [service, consumers] of Object.entries(CONSUMERS)) {
    const document = await documentOf(service);
    documents.push(document);
    files.set(`services/${service}/openapi.json`, toJson(document));
    const types = `// Generated from services/${service}/openapi.json by \`npm run generate\`.\n${astToString(await openapiTS(JSON.stringify(document)))}`;
    for (const consumer of consumers) files.set(`services/${consumer}/src/clients/${service}.gen.ts`, types);
  }
  files.set('gateway/openapi.json', toJson(publicDocument(documents)));
  return files;
}

async function documentOf(service: string): Promise<Document> {
  const module = (await import(pathToFileURL(join(root, `services/${service}/src/openapi.ts`)).href)) as { buildOpenapi(): Promise<Document> };
  return module.buildOpenapi();
}

/** All public operations in one document: what lies under /api. */
function publicDocument(documents: Document[]): Document {
  const paths = Object.fromEntries(documents.flatMap(({ paths }) => Object.entries(paths).filter(([path]) => path.startsWith('/api/'))));
  const schemas = Object.assign({}, ...documents.map(({ components }) => components?.schemas ?? {})) as Record<string, object>;
  return { openapi: '3.1.0', info: { title: 'E-Mall', version: '1', description: 'The public operations of the shop.' }, components: { schemas }, paths };
}

function toJson(document: Document): string {
  const { version: _version, ...info } = document.info as { version: string };
  return `${JSON.stringify({ ...document, info: { ...info, version: '1' } }, null, 2)}\n`;
}

/** The files whose committed text differs from what the code says now. */
export async function staleContracts(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of await contracts()) {
    const committed = await readFile(join(root, path), 'utf8').catch(() => '');
    if (committed !== text) stale.push(path);
  }
  return stale;
}
