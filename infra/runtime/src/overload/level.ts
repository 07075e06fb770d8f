import { Elsewhere } from './elsewhere.ts';
import { Usual } from './usual.ts';
import { FIRST_WITHOUT_FLOOR, FLOORS, type Worth } from './worth.ts';

/** Longer than usual by this much, on average, is a queue: an eighth of the time that browsing has at the 95th percentile. */
export const TARGET_MS = 25;
/** The most that one answer counts for, so that a few very late ones do not speak for all; a refusal from below counts as much. */
const MOST_MS = 250;
/** Fewer answers say nothing. */
const ENOUGH = 8;
/** Looks without any work, a second of them. */
const FORGOTTEN_AFTER = 10;
/** Looks at which nobody was kept out, a second of them. */
const ROOMY_AFTER = 10;
/** Before anything was learnt: a rush of the first moment is all let in up to this, before any answer tells how slow it made them. */
const FIRST_LIMIT = 16;
/** Nothing here gets faster by more at once, and each costs memory. */
const MOST_LIMIT = 256;
/** A short queue evens out what comes at the same moment; a longer one would only make everybody late. */
const PATIENCE_MS = 25;
/**
 * Where there is mostly a queue it evens out nothing: whoever waits in it is refused later, or lets somebody else be. Then browsing
 * waits next to nothing (as at Facebook, https://queue.acm.org/detail.cfm?id=2839461); a call may meet three limiters on its way.
 */
const SHORT_PATIENCE_MS = 5;
/** Of the looks of about the last second: in so many somebody was kept out. */
const MOSTLY = 0.25;
/** How much the last look counts for. */
const LAST_LOOK = 0.1;
/** A queue of work that will not have its turn within its patience is not worth the memory. */
const WAITING_AT_LEAST = 8;

/** A place that somebody has; to be given back once. */
export interface Place {
  worth: Worth;
  kind: string;
  start: number;
  /** Whether next to nothing else was under way in this process when it was taken. */
  few: boolean;
}

export interface Waiter {
  since: number;
  admitted: () => void;
  refused: () => void;
}

/** What is under way of one worth, how much may be, and how much longer than usual it has been taking. */
export class Level {
  readonly name: string;
  readonly floor: number;
  readonly #isBrowsing: boolean;
  /** How many the shop may be working for at once; who waits for somebody outside is none of them. */
  limit = FIRST_LIMIT;
  /** Let in and not yet answered. */
  inFlight = 0;
  refused = 0;
  readonly #waiting: Waiter[] = [];
  readonly #kinds = new Map<string, Usual>();
  readonly #elsewhere = new Elsewhere();
  #peak = 0;
  #full = false;
  #excess = 0;
  #late = 0;
  #answers = 0;
  #lastExcess = 0;
  #lastLateness = 0;
  #idleLooks = 0;
  #roomyLooks = ROOMY_AFTER;
  /** The share of the last looks, of ten or so, in which somebody was kept out. */
  #fullness = 0;
  #cutAt = 0;

  constructor(worth: Worth, name: string) {
    this.name = name;
    this.floor = FLOORS[worth] as number;
    this.#isBrowsing = worth >= FIRST_WITHOUT_FLOOR;
  }

  /** @param anyway whether there is room in the process, whatever there is of this worth */
  enter(anyway = false): boolean {
    if (this.inFlight >= this.room && !anyway) {
      this.#full = true;
      return false;
    }
    this.inFlight += 1;
    if (this.inFlight > this.#peak) this.#peak = this.inFlight;
    return true;
  }

  /** How many may be let in at once, so that the shop works for no more than its limit. */
  get room(): number {
    return Math.min(MOST_LIMIT, Math.floor(this.limit * this.#elsewhere.factor));
  }

  leave(): void {
    this.inFlight -= 1;
  }

  /** False when more wait than could have their turn soon. */
  wait(waiter: Waiter): boolean {
    if (this.limit === 0 || this.#waiting.length >= Math.max(this.limit, WAITING_AT_LEAST)) return false;
    this.#waiting.push(waiter);
    return true;
  }

  /** The longest waiting, if it has waited since then or before; without a time, whoever it is. */
  nextWaiting(sinceAtMost = Number.POSITIVE_INFINITY): Waiter | undefined {
    const [first] = this.#waiting;
    return first && first.since <= sinceAtMost ? this.#waiting.shift() : undefined;
  }

  /** Until when the longest waiting does. */
  get nextDue(): number | undefined {
    return this.#waiting[0] && this.#waiting[0].since + this.patienceMs;
  }

  /** How long it is worth waiting here to be let in. */
  get patienceMs(): number {
    return this.#isBrowsing && this.#fullness >= MOSTLY ? SHORT_PATIENCE_MS : PATIENCE_MS;
  }

  /**
   * @param refused whether somebody below did not do it
   * @param waitedMs for how long it was somebody's outside the shop to go on
   */
  answered({ kind, start, few }: Place, now: number, refused: boolean, waitedMs: number): void {
    const took = now - start;
    const ours = Math.max(0, took - waitedMs);
    this.#elsewhere.add(took, ours);
    const more = refused ? MOST_MS : Math.min(this.#usual(kind).add(ours, few), MOST_MS);
    // What began before the limit was cut tells of the time before, unless it tells that the cut was far from enough.
    if (start < this.#cutAt && more < MOST_MS) return;
    this.#excess += more;
    if (!refused) this.#late += more;
    this.#answers += 1;
  }

  #usual(kind: string): Usual {
    let usual = this.#kinds.get(kind);
    if (!usual) this.#kinds.set(kind, (usual = new Usual()));
    return usual;
  }

  /** Anything under way since the last look. */
  get busy(): boolean {
    return this.#peak > 0;
  }

  /** Milliseconds by which answers took longer than usual, as far as enough of them have told; 0 when there were none for a second. */
  get excess(): number {
    return this.isJudged ? this.#excess / this.#answers : this.#lastExcess;
  }

  /** The same without refusals from below: those of one neighbour say nothing about what others share with it. */
  get lateness(): number {
    return this.isJudged ? this.#late / this.#answers : this.#lastLateness;
  }

  /** Enough answers since the last judgement. */
  get isJudged(): boolean {
    return this.#answers >= ENOUGH;
  }

  /** Somebody was kept out since the last look. */
  get isFull(): boolean {
    return this.#full;
  }

  /** Somebody was kept out within the last second. */
  get wasFull(): boolean {
    return this.#full || this.#roomyLooks < ROOMY_AFTER;
  }

  /** From what was really under way: a limit that nobody came near kept nobody out. Never by more than half at once. */
  cut(excess: number, least: number, now: number): void {
    const factor = Math.max(0.5, TARGET_MS / excess);
    this.limit = Math.max(least, Math.floor(Math.min(this.limit, this.#atWork) * factor));
    this.#cutAt = now;
  }

  /** The most that the shop was working for at once since the last look. */
  get #atWork(): number {
    return Math.ceil(this.#peak / this.#elsewhere.factor);
  }

  /** By a twentieth, at least one. */
  grow(): void {
    this.limit = Math.min(MOST_LIMIT, this.limit + Math.max(1, Math.floor(this.limit / 20)));
  }

  /** Ends a look. @param alone whether nothing worthier was slow: then what so few at once take is what it takes */
  next(alone: boolean, now: number): void {
    // Each second that kept nobody out gives back one of what an old queue took away: the limit of a calm shop is for bursts.
    const isCalm = alone && this.#roomyLooks > 0 && this.#roomyLooks % ROOMY_AFTER === 0;
    if (isCalm && !this.#full && this.excess <= TARGET_MS && this.limit < FIRST_LIMIT) this.limit += 1;
    const few = this.#atWork <= Math.max(this.floor, 1);
    for (const usual of this.#kinds.values()) usual.learn(alone && few, now);
    this.#idleLooks = this.#peak > 0 ? 0 : this.#idleLooks + 1;
    this.#roomyLooks = this.#full ? 0 : this.#roomyLooks + 1;
    this.#fullness += ((this.#full ? 1 : 0) - this.#fullness) * LAST_LOOK;
    this.#peak = this.inFlight;
    this.#full = false;
    this.#elsewhere.fade();
    if (this.isJudged) this.#judge(this.excess, this.lateness);
    else if (this.#idleLooks >= FORGOTTEN_AFTER) this.#judge(0, 0);
  }

  #judge(excess: number, lateness: number): void {
    this.#lastExcess = excess;
    this.#lastLateness = lateness;
    this.#excess = 0;
    this.#late = 0;
    this.#answers = 0;
  }
}
