import { createServer, type Server } from 'node:http';
import type { Log } from './log.ts';
import { serveMetrics } from './metrics.ts';

const CHECK_MS = 500;

/** A look at one dependency; rejects when it does not answer. */
export type Check = () => Promise<unknown>;

/**
 * What a balancer may know of this process. Ready is false only before each dependency has answered once and while draining:
 * a shared dependency that is lost later is told in the body, with 200, because it must not take every replica out.
 */
export class Readiness {
  readonly #checks = new Map<string, Check>();
  readonly #seen = new Set<string>();
  #draining = false;

  add(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  drain(): void {
    this.#draining = true;
  }

  async report(): Promise<{ ready: boolean; draining: boolean; dependencies: Record<string, string> }> {
    const outcomes = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await look(check)] as const));
    for (const [name, outcome] of outcomes) if (outcome === 'ok') this.#seen.add(name);
    const started = outcomes.every(([name]) => this.#seen.has(name));
    return { ready: started && !this.#draining, draining: this.#draining, dependencies: Object.fromEntries(outcomes) };
  }
}

async function look(check: Check): Promise<string> {
  const signal = AbortSignal.timeout(CHECK_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${CHECK_MS} ms`)), { once: true });
  });
  try {
    await Promise.race([check(), late]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** `/livez`, `/readyz` and `/metrics` on a port of their own that the edge does not reach. */
export function createAdminServer({ readiness, version, log }: { readiness: Readiness; version: string; log: Log }): Server {
  return createServer((request, response) => {
    const json = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
    };
    if (request.url === '/livez') json(200, { alive: true, version });
    else if (request.url === '/metrics') serveMetrics(request, response);
    else if (request.url === '/readyz') {
      readiness.report().then(
        (report) => json(report.ready ? 200 : 503, { ...report, version }),
        (error: unknown) => {
          log.error({ err: error }, 'readiness could not be told');
          json(503, { ready: false });
        },
      );
    } else json(404, {});
  });
}
