import { unavailable } from '@emall/runtime';

/** As long as a call waits for a connection; whoever would wait longer is better told to come again. */
const WAIT_MS = 400;
/** About as many as are served within that time. */
const QUEUE = 200;
/** So long it is looked first before a SKU that was gone. It decides nothing: units that come back are seen by the look. */
const WARY_MS = 1000;
const MOST_WARY = 1000;

/** How whoever is let through finds it. */
export interface Turn {
  /** Others want the same SKU, or it was gone a moment ago: that it is gone is better found out by a look, which locks nothing. */
  crowded: boolean;
  /** Since it came, somebody has looked, has swept, and has found a SKU of it gone. */
  told: boolean;
}

export interface Turnstile {
  /**
   * Lets one at a time through for each SKU, and says to those who wait what the one before has found.
   * @param skus without repeats
   * @param patienceMs of the caller: what remains of its deadline
   * @throws unavailable (503) when it takes too long, or too many wait
   */
  pass<Result>(skus: readonly string[], patienceMs: number, work: (turn: Turn) => Promise<Result>): Promise<Result>;
  /** To be called by whoever was let through, when a SKU is gone. */
  tell(skus: readonly string[]): void;
}

interface Waiting {
  skus: readonly string[];
  told: boolean;
  /** Half of its patience is over, by `performance.now()`. */
  oldAt: number;
  enter(): void;
}

/**
 * Thousands want one SKU, and its row can be locked by one statement at a time. Whoever waits for the lock of a row holds a
 * connection, so that a few hundred of them would leave none for the checkout of anything else. Here they wait without one:
 * for each SKU one statement of this process is under way, and of all that came upon others `abreast` at most, so that a
 * crowd before many SKUs leaves connections free as well. Who wants several SKUs waits until all are free and holds none of
 * them until then: nobody is held up by a queue for something that he does not want. Two queues would starve him in return, as
 * one SKU is always busy when the other becomes free: past half of his patience the others of both queues let him go first.
 */
export function openTurnstile(abreast: number, waitMs = WAIT_MS): Turnstile {
  const busy = new Set<string>();
  const queue = new Set<Waiting>();
  const gone = new Map<string, number>();
  let crowd = 0;

  const isFree = (skus: readonly string[]) => skus.every((sku) => !busy.has(sku));
  /** Somebody who came before waits for one of them, and for nothing else than room. */
  const isNext = (skus: readonly string[]) => isFree(skus) && [...queue].every((waiting) => !isFree(waiting.skus) || waiting.skus.every((sku) => !skus.includes(sku)));
  const wait = (skus: readonly string[], patienceMs: number) =>
    new Promise<Waiting>((resolve, reject) => {
      if (queue.size >= QUEUE) return reject(tooMany());
      const ms = Math.min(waitMs, patienceMs);
      const timer = setTimeout(() => {
        queue.delete(waiting);
        reject(tooMany());
      }, ms);
      const waiting: Waiting = { skus, told: false, oldAt: performance.now() + ms / 2, enter: () => (clearTimeout(timer), resolve(waiting)) };
      queue.add(waiting);
    });
  /** Those who came first, as far as there is room; who was told that it is gone only looks, and is in nobody's way. */
  const letIn = () => {
    const kept = new Set<string>();
    for (const waiting of queue) {
      if (crowd >= abreast) return;
      if (!waiting.told && waiting.skus.some((sku) => kept.has(sku))) continue;
      if (!waiting.told && !isFree(waiting.skus)) {
        // The first of those who want the same alone: a hundred who wait for one SKU must not keep a hundred others.
        if (performance.now() >= waiting.oldAt) for (const sku of waiting.skus) kept.add(sku);
        continue;
      }
      queue.delete(waiting);
      crowd += 1;
      if (!waiting.told) for (const sku of waiting.skus) busy.add(sku);
      waiting.enter();
    }
  };

  return {
    pass: async (skus, patienceMs, work) => {
      if (isNext(skus)) {
        for (const sku of skus) busy.add(sku);
        try {
          return await work({ crowded: skus.some((sku) => (gone.get(sku) ?? 0) > performance.now()), told: false });
        } finally {
          for (const sku of skus) busy.delete(sku);
          letIn();
        }
      }
      const { told } = await wait(skus, patienceMs);
      try {
        return await work({ crowded: true, told });
      } finally {
        crowd -= 1;
        if (!told) for (const sku of skus) busy.delete(sku);
        letIn();
      }
    },
    tell: (skus) => {
      if (gone.size > MOST_WARY) gone.clear();
      for (const sku of skus) gone.set(sku, performance.now() + WARY_MS);
      for (const waiting of queue) waiting.told ||= waiting.skus.some((sku) => skus.includes(sku));
      letIn();
    },
  };
}

/** Everybody at once, as in 2023. */
export const noTurnstile: Turnstile = { pass: (_skus, _patienceMs, work) => work({ crowded: false, told: false }), tell: () => {} };

function tooMany() {
  return unavailable({ detail: 'Very many want this at the moment. Please try again.', retryAfter: 1 });
}
