import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import type { TestShop } from '../local/shop.ts';

/** Of a body that the edge takes (64 kB). */
const BYTES = 65_000;

/** What costs a reader of JSON most: depth, many members, a word that has it look through all of it, and escapes. */
const BODIES: readonly string[] = [
  `${'['.repeat(BYTES / 2)}${']'.repeat(BYTES / 2)}`,
  `{${Array.from({ length: 6000 }, (_, n) => `"a${n}":${n % 10}`).join()}}`,
  `{"sku":"__proto__","lines":[${Array.from({ length: 9000 }, () => '{"":1}').join()}]}`,
  `{"sku":"${'\\u0041'.repeat(BYTES / 6 - 20)}","quantity":1}`,
  `{"email":"${'a@'.repeat(BYTES / 2 - 50)}","paymentMethod":"on_delivery","shippingMethod":"standard"}`,
];
const PATHS = ['/api/cart/lines', '/api/orders', '/api/orders/quote'];

export interface Heavy {
  sent: number;
  /** How often what was answered. */
  statuses: Record<string, number>;
  /** Anonymous memory of each replica before, after half and after all of it. */
  megabytes: Record<string, number>[];
  pids: Record<'before' | 'after', Record<string, number>>;
}

/** Sends all of them at once, again and again, each from an address of its own. */
export async function sendHeavyBodies(shop: TestShop, { atOnce, waves }: { atOnce: number; waves: number }): Promise<Heavy> {
  const statuses: Record<string, number> = {};
  const megabytes = [memoryOf(shop)];
  const before = pidsOf(shop);
  for (let wave = 1; wave <= waves; wave += 1) {
    const answers = await Promise.all(Array.from({ length: atOnce }, (_, n) => send(shop.url, `127.91.${wave}.${1 + n}`, n)));
    for (const answer of answers) statuses[answer] = (statuses[answer] ?? 0) + 1;
    if (wave === Math.ceil(waves / 2) || wave === waves) megabytes.push(memoryOf(shop));
  }
  return { sent: atOnce * waves, statuses, megabytes, pids: { before, after: pidsOf(shop) } };
}

async function send(origin: string, localAddress: string, n: number): Promise<string> {
  const agent = new Agent({ localAddress });
  try {
    const { statusCode, headers, body } = await agent.request({
      origin,
      path: PATHS[n % PATHS.length] ?? '',
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: BODIES[n % BODIES.length] ?? '',
      headersTimeout: 20_000,
    });
    await body.dump();
    return `${statusCode}${headers['retry-after'] !== undefined && statusCode === 503 ? ' to come again' : ''}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    await agent.close();
  }
}

const replicasOf = (shop: TestShop) => shop.topology().processes.filter(({ adminPort }) => adminPort !== undefined);

function pidsOf(shop: TestShop): Record<string, number> {
  return Object.fromEntries(replicasOf(shop).map(({ name, pid }) => [name, pid]));
}

function memoryOf(shop: TestShop): Record<string, number> {
  return Object.fromEntries(replicasOf(shop).map(({ name, pid }) => [name, Math.round(Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)]));
}
