import { Level, type Place, TARGET_MS } from './level.ts';
import { FIRST_WITHOUT_FLOOR, FLOORS, type Worth } from './worth.ts';

/** Long enough for a handful of answers, short enough for a surge that comes within seconds. */
const LOOK_MS = 100;
/** As many beside it do not slow a call down, nor do as many more that came while it was under way; and nobody is turned away for them. */
const FEW = 4;
const FEW_AT_END = 12;

/** So long nothing was cut although something worthier is slow and full: then it may be slow for reasons of its own. */
const STUCK_MS = 1000;

export interface LimiterOptions {
  /** What the levels are called in metrics, worthiest first. */
  names?: readonly string[];
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
  /** How long a call that arrives has waited, on average since the last time this was asked, for this process to look at it: milliseconds. */
  loopWait?: () => number;
  later?: (what: () => void, ms: number) => unknown;
}

/**
 * How much of each worth may be under way at once, found from how much longer than usual answers take (as Vegas does,
 * https://github.com/Netflix/concurrency-limits) and from how long a call waits for this process to look at it.
 *
 * Each level has a limit of its own, so that no amount of lesser work takes the place of worthier. When several levels are
 * slow, something that they share is: the least worthy of them gives way, until the others are well. When one level
 * alone is slow, it is its own work that is: it alone gives way. Nothing grows while anything worthier is slow, but for one
 * call more each second, which tells whether what is left to cut has to do with it.
 */
export class Limiter {
  readonly levels: readonly Level[];
  readonly #now: () => number;
  readonly #loopWait: () => number;
  readonly #later: (what: () => void, ms: number) => unknown;
  #lookAt: number;
  /** When somebody who waits is told next. */
  #watchedFor = Number.POSITIVE_INFINITY;
  #wait = 0;
  #movedAt = Number.NEGATIVE_INFINITY;

  constructor({ names = FLOORS.map((_, i) => String(i)), now = () => performance.now(), loopWait = () => 0, later = setTimeout }: LimiterOptions = {}) {
    this.levels = FLOORS.map((_, i) => new Level(i as Worth, names[i] ?? String(i)));
    this.#now = now;
    this.#loopWait = loopWait;
    this.#later = later;
    this.#lookAt = now() + LOOK_MS;
  }

  /** How long calls wait for this process to look at them, milliseconds, as last measured. */
  get loopWaitMs(): number {
    return this.#wait;
  }

  /** Calls one of the two: at once when there is room or no hope of any, within 25 ms otherwise, of browsing in an overload within 5. */
  enter(worth: Worth, kind: string, admitted: (place: Place) => void, refused: () => void): void {
    const now = this.#now();
    if (now >= this.#lookAt) this.#look(now);
    const level = this.#level(worth);
    const few = this.#underWay < FEW;
    if (level.enter(few)) return admitted({ worth, kind, start: now, few });
    const place = () => admitted({ worth, kind, start: this.#now(), few });
    if (level.wait({ since: now, admitted: place, refused })) return this.#watch(level);
    level.refused += 1;
    refused();
  }

  /**
   * @param failed whether somebody below refused, or did not answer
   * @param waitedMs how much of its time it waited for somebody outside the shop
   */
  leave(place: Place, failed: boolean, waitedMs = 0): void {
    const now = this.#now();
    const level = this.#level(place.worth);
    level.leave();
    if (place.few && this.#underWay >= FEW_AT_END) place.few = false;
    level.answered(place, now, failed, waitedMs);
    if (now >= this.#lookAt) this.#look(now);
    this.#admit(level);
  }

  /** Gives back a place in which nothing was begun: it tells nothing of how long the work takes. */
  withdraw({ worth }: Place): void {
    const level = this.#level(worth);
    level.leave();
    this.#admit(level);
  }

  get #underWay(): number {
    let sum = 0;
    for (const { inFlight } of this.levels) sum += inFlight;
    return sum;
  }

  #level(worth: Worth): Level {
    return this.levels[worth] as Level;
  }

  #admit(level: Level): void {
    while (level.inFlight < level.room) {
      const waiter = level.nextWaiting();
      if (!waiter) return;
      level.enter();
      waiter.admitted();
    }
  }

  /** Whoever waits is told in time, even if nothing else happens. */
  #watch(level: Level): void {
    const due = level.nextDue;
    if (due === undefined || due >= this.#watchedFor) return;
    this.#watchedFor = due;
    this.#later(() => {
      // A shorter patience may have been watched for since.
      if (this.#watchedFor === due) this.#expire();
    }, Math.max(1, due - this.#now()));
  }

  #expire(): void {
    this.#watchedFor = Number.POSITIVE_INFINITY;
    const now = this.#now();
    for (const level of this.levels) {
      const since = now - level.patienceMs;
      for (let waiter = level.nextWaiting(since); waiter; waiter = level.nextWaiting(since)) {
        level.refused += 1;
        waiter.refused();
      }
    }
    for (const level of this.levels) this.#watch(level);
  }

  #look(now: number): void {
    this.#lookAt = now + LOOK_MS;
    this.#wait = this.#loopWait();
    const late = this.#wait > TARGET_MS;
    const slow = this.levels.filter((level) => level.excess > TARGET_MS || (late && level.busy));
    const pressed = slow.findIndex((level) => level.isFull && (late || level.lateness > TARGET_MS));
    const leastOf = (level: Level) => {
      const worth = this.levels.indexOf(level);
      return pressed >= 0 && worth > this.levels.indexOf(slow[pressed] as Level) && worth >= FIRST_WITHOUT_FLOOR ? 0 : level.floor;
    };
    const yielding = slow.findLast((level) => (late || level.isJudged) && level.limit > leastOf(level));
    yielding?.cut(Math.max(yielding.excess, this.#wait), leastOf(yielding), now);
    if (yielding || late) this.#movedAt = now;
    let isWell = !late;
    for (const level of this.levels) {
      const mayGrow = level.isFull && !slow.includes(level);
      const tries = mayGrow && !isWell && now - this.#movedAt >= STUCK_MS;
      if (tries) this.#movedAt = now;
      if (tries || (mayGrow && isWell)) level.grow();
      // Slower than usual with room left for a second is what its work takes: a payment provider's time is nobody's queue.
      const isHeldUp = level.lateness > TARGET_MS && level.wasFull;
      level.next(isWell, now);
      if (isHeldUp) isWell = false;
    }
    for (const level of this.levels) this.#admit(level);
  }
}
