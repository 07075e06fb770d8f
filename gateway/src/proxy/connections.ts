import { keepingCount, repeatWhenClosed, Room } from '@emall/runtime';
import { type Dispatcher, Pool } from 'undici';
import { mayBeMadeTwice } from './table.ts';

/** Enough for a slow upstream at full load; the rest waits within its deadline. As many as are asked for, where nothing is bounded. */
const CONNECTIONS = 128;

/**
 * The connections to one upstream, kept between calls. nginx closes idle ones after 30 s: ours go first. It also closes them
 * whenever its list of replicas changes, and a call may be on its way: what may be made twice is made once more, on a connection
 * of its own, which is not idle and therefore never closed under it. What may not be has such a one from the beginning, which
 * costs as much as the call itself. Time limits are the exchange's.
 */
export function openConnections(url: string, bounded: boolean) {
  const room = new Room(bounded ? CONNECTIONS : Number.POSITIVE_INFINITY);
  const options = { connections: bounded ? CONNECTIONS : null, connect: keepingCount(500), keepAliveTimeout: 4000, headersTimeout: 0, bodyTimeout: 0 };
  const kept = new Pool(url, { ...options, pipelining: 1 });
  const fresh = new Pool(url, { ...options, pipelining: 0 });
  const dispatcher: Dispatcher = kept.compose(repeatWhenClosed(fresh), (dispatch) => (call, handler) => (mayBeMadeTwice(call) ? dispatch(call, handler) : fresh.dispatch(call, handler)));
  return { dispatcher, room, close: () => Promise.all([kept.close(), fresh.close()]) };
}
