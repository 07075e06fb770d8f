import { parseArgs } from 'node:util';
import { holdsCardNumber } from '../checkout/delivery.ts';
import { UsageError } from '../command.ts';

export const USAGE = `Usage: refund ORDER [AMOUNT] [--reason TEXT]
       refund ORDER --list
       refund REFUND

  ORDER     its number, such as EM-7Q4K-2M9D, or its id
  AMOUNT    such as 12.34, in the currency it was paid in; all that is left when absent
  REFUND    the id of one that failed, as --list shows it: it is made again, whichever payment it was of
  --reason  why, for the books
  --list    what has been returned, is on its way, or failed; nothing is returned`;

const MOST_REASON = 500;

export interface Asked {
  /** Of an order, or the id of a refund. */
  name: string;
  amount?: string;
  reason: string;
  list: boolean;
}

/** @throws UsageError */
export function readOptions(args: string[]): Asked | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [name, amount, more] = positionals;
  if (name === undefined) throw new UsageError(`Which order?\n\n${USAGE}`);
  const list = values.list ?? false;
  const surplus = list ? amount : more;
  if (surplus !== undefined) throw new UsageError(`"${surplus}" is one argument too many.\n\n${USAGE}`);
  const { reason = 'returned by the shop' } = values;
  if (reason.length > MOST_REASON || /\p{Cc}/u.test(reason)) throw new UsageError(`A reason is one line of at most ${MOST_REASON} characters.`);
  if (holdsCardNumber(reason)) throw new UsageError('That reason holds what looks like a card number, which must not be kept.');
  return { name, list, reason, ...(amount !== undefined && { amount }) };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { reason: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
