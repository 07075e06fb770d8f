import { type RequestContext, requestContext } from '../context.ts';

/** On an answer between processes: for how many milliseconds somebody outside the shop was waited for. Shoppers are not told. */
export const WAITED_HEADER = 'x-emall-waited-ms';

/** How long a request has waited for somebody outside the shop, here and in the services that it asked: milliseconds. */
export class Waits {
  #ms = 0;
  #underWay = 0;
  #since = 0;

  begin(): void {
    if (this.#underWay === 0) this.#since = performance.now();
    this.#underWay += 1;
  }

  end(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#ms += performance.now() - this.#since;
  }

  add(ms: number): void {
    this.#ms += ms;
  }

  /** With what is waited for now. */
  get ms(): number {
    return this.#underWay === 0 ? this.#ms : this.#ms + performance.now() - this.#since;
  }
}

/**
 * Asks somebody outside the shop, such as a payment provider. How long they take is no sign of overload here, and who waits
 * for them takes the place of nobody whom the shop works for: see `Limiter`.
 */
export async function outside<T>(ask: () => Promise<T>): Promise<T> {
  const context = requestContext.getStore();
  if (!context) return await ask();
  const waits = (context.waits ??= new Waits());
  waits.begin();
  try {
    return await ask();
  } finally {
    waits.end();
  }
}

/** Counts what a service that was asked says that it waited. */
export function addWaits(context: RequestContext, told: unknown): void {
  if (typeof told === 'string' && /^\d{1,6}$/.test(told)) (context.waits ??= new Waits()).add(Number(told));
}
