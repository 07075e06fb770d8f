import { createHash } from 'node:crypto';
import { invalidRequest } from '@emall/runtime';
import { GREATEST_INT, type Order } from './sort.ts';

/** The place in a list after which the next page begins: the sort key of its last item, and its id. */
export interface Position {
  key: string;
  id: string;
}

/** @param list what is listed (filters and order): a cursor of one list is no place in another */
export function encodeCursor({ key, id }: Position, list: string): string {
  const place = Buffer.from(`${id} ${key}`).toString('base64url');
  return `${place}.${digest(place, list)}`;
}

/** @throws invalidRequest (400) for anything that `encodeCursor` did not make for this very list */
export function decodeCursor(cursor: string, list: string, { type }: Order): Position {
  const [place = '', sum] = cursor.split('.', 2);
  const text = Buffer.from(place, 'base64url').toString();
  const blank = text.indexOf(' ');
  const position = { id: text.slice(0, blank), key: text.slice(blank + 1) };
  if (sum !== digest(place, list) || !isNumber(position.id) || !isKey[type](position.key)) {
    throw invalidRequest({
      detail: 'This cursor does not belong to this list. Begin again without one.',
      extra: { errors: [{ field: 'cursor', reason: 'does not belong to this list' }] },
    });
  }
  return position;
}

const isNumber = (text: string) => /^-?\d{1,18}$/.test(text);

/** The digest can be made by anybody: what Postgres would refuse to read as the type of the order is refused here. */
const isKey: Record<Order['type'], (text: string) => boolean> = {
  int: (text) => isNumber(text) && Math.abs(Number(text)) <= GREATEST_INT,
  bigint: isNumber,
  text: (text) => !/[\0\uFFFD]/.test(text),
};

/** Not a secret: it tells an honest mistake from a cursor of ours, and SQL takes both as parameters. */
function digest(place: string, list: string): string {
  return createHash('sha256').update(`${place}\n${list}`).digest('base64url').slice(0, 10);
}
