import { setTimeout as wait } from 'node:timers/promises';

/** Jobs are fetched many at once, so that many ask the same within this; nobody waits for them. */
const MOMENT_MS = 25;

/**
 * Makes one question of those that come within a moment: everybody who asked gets what was answered to all. Fails for
 * everybody when it fails, so it is for work that may be asked again.
 */
export function together<Asked, Answer>(ask: (all: readonly Asked[]) => Promise<Answer>): (one: Asked) => Promise<Answer> {
  let next: { all: Asked[]; answer: Promise<Answer> } | undefined;
  const begin = () => {
    const all: Asked[] = [];
    const answer = wait(MOMENT_MS).then(() => {
      next = undefined;
      return ask(all);
    });
    return { all, answer };
  };
  return (one) => {
    next ??= begin();
    next.all.push(one);
    return next.answer;
  };
}
