import { type Facts, isSold } from './facts.ts';
import { type Violation, violated, when } from './violation.ts';

/** What is answered before a key is claimed, or about the key itself, is kept by nobody. */
const isKept = ({ outcome, status }: { outcome: string; status: number }) => outcome !== 'info' && (status === 201 || status === 409);
const isFinal = (status: number) => status === 201 || (status >= 400 && status < 500 && status !== 429);

/** I5: a definite answer is kept byte for byte under its caller's key; 201 is kept for every order that is sold, and for no other thing. */
export function answersAreKept({ checkouts, buyerOf, order: find, world: { after } }: Facts): Violation[] {
  const rows = new Map(after.keys.map((row) => [`${row.buyer} ${row.key}`, row]));
  const placing = Map.groupBy(after.keys.filter(({ status }) => status === 201), ({ body }) => idIn(body));
  return [
    checkouts.flatMap(({ shopper, key, calls }) => {
      const buyer = buyerOf(shopper);
      if (buyer === undefined) return [];
      const { status, body } = rows.get(`${buyer} ${key}`) ?? {};
      const keeps = status === undefined ? 'is not there' : `keeps ${status} ${body}`;
      return calls.filter(isKept).flatMap((call) => when(status !== call.status || body !== call.body, violated('I5', `key ${key} of ${shopper} was answered ${call.status} ${call.body}, and ${keeps}`)));
    }),
    after.keys.flatMap(({ key, status }) => when(status !== null && !isFinal(status), violated('I5', `key ${key} keeps an answer of ${status}, which may be another tomorrow`))),
    [...placing].flatMap(([id, kept]) => {
      const names = kept.map(({ key }) => key).join(' and ');
      const order = find(id);
      return [
        when(kept.length > 1, violated('I5', `order ${id} is what the keys ${names} answer`)),
        when(order === undefined, violated('I6', `key ${names} answers with order ${id}, which is not there`)),
        when(order !== undefined && kept.some(({ buyer }) => buyer !== order.buyer), violated('I15', `key ${names} of ${kept[0]?.buyer} answers with order ${id} of ${order?.buyer}`)),
      ].flat();
    }),
    after.orders.flatMap((order) => when(isSold(order) && !placing.has(order.id), violated('I5', `order ${order.id} is ${order.state}, and no key answers with it`))),
  ].flat();
}

function idIn(body: string | null): string {
  try {
    return String((JSON.parse(body ?? '') as { id?: unknown }).id);
  } catch {
    return 'unreadable';
  }
}
