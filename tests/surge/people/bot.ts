import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from './person.ts';

/** What a scraper asks for: never the same page twice. */
export async function scrape(person: Person, signal: AbortSignal): Promise<void> {
  const { random, street: { taste } } = person;
  try {
    while (!signal.aborted) {
      person.due = performance.now();
      const path = random.chance(0.5) ? `/search?q=${encodeURIComponent(`${taste.words(random)} ${random.letters(3)}`)}` : `${taste.listing(random).split('?', 1)[0]}?min=${random.int(1, 50)}&max=${random.int(51, 5000)}`;
      const { outcome } = await person.ask({ method: 'GET', path });
      // It obeys nothing, but not so blindly that it would burn its own processor.
      if (outcome !== 'good') await sleep(20);
    }
  } finally {
    person.leave();
  }
}
