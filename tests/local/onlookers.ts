import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch } from 'undici';

/** One address of the shop, what a replica answers by itself, or what the edge has of it. */
export interface Place {
  url: string;
  /** How old what it shows may be, in milliseconds. */
  withinMs: number;
  /** Always: somebody looks all the time. Until: nobody looks from the change on until it must be seen. */
  looked: 'always' | 'until the change';
}

export interface Look {
  place: Place;
  /** When it began, by `performance.now()`. */
  began: number;
  status: number;
  /** Which layer says that it answered. */
  layer: string;
  etag: string;
  text: string;
  cookies: string[];
}

const PAUSE_MS = 120;
/** For how long everybody looks once the last must have seen it. */
const AFTERWARDS_MS = 2000;

/**
 * People who look at places while something is changed. Who looks once after a quiet time is the one who would be served
 * what nobody has renewed; who looks all the time is served what is being renewed for somebody else.
 */
export class Onlookers {
  readonly looks: Look[] = [];
  readonly #places: readonly Place[];
  /** They come from an address of their own: the limits of one are not what is looked at. */
  readonly #home = new Agent({ localAddress: '127.77.0.1', keepAliveTimeout: 1000 });

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  /**
   * @param change says when it is there for everybody who asks the database
   * @returns when that was
   */
  async during(change: (isThere: () => void) => Promise<void>): Promise<number> {
    let since = Infinity;
    const latest = Math.max(...this.#places.map(({ withinMs }) => withinMs));
    const isOver = (ms: number) => performance.now() > since + ms;
    const each = this.#places.map(async (place) => {
      while (!isOver(place.looked === 'always' ? latest + AFTERWARDS_MS : 0)) {
        await this.look(place);
        await sleep(PAUSE_MS);
      }
      if (place.looked === 'always') return;
      // A timer may be a millisecond early.
      await sleep(Math.max(0, since + place.withinMs - performance.now()) + 2);
      await this.look(place);
    });
    // Everybody has seen what was there before.
    await Promise.all(this.#places.map((place) => this.look(place)));
    await change(() => void (since = performance.now()));
    await Promise.all(each);
    return since;
  }

  /** Whoever is told to come again comes again. */
  async look(place: Place, headers: Record<string, string> = {}): Promise<Look> {
    for (;;) {
      const began = performance.now();
      const answer = await fetch(place.url, { headers, dispatcher: this.#home });
      const text = await answer.text();
      const wait = answer.headers.get('retry-after');
      if (wait !== null) {
        await sleep(Number(wait) * 1000);
        continue;
      }
      const look = { place, began, status: answer.status, layer: answer.headers.get('x-cache') ?? '', etag: answer.headers.get('etag') ?? '', text, cookies: answer.headers.getSetCookie() };
      this.looks.push(look);
      return look;
    }
  }

  leave(): Promise<void> {
    return this.#home.close();
  }
}
