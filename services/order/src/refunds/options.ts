import { parseArgs } from 'node:util';
import { UsageError } from '../command.ts';

export const USAGE = `Usage: refund ORDER [AMOUNT] [--reason TEXT]

  ORDER     its number, such as EM-7Q4K-2M9D, or its id
  AMOUNT    such as 12.34, in the currency it was paid in; all that is left when absent
  --reason  why, for the books`;

export interface Asked {
  order: string;
  amount?: string;
  reason: string;
}

/** @throws UsageError */
export function readOptions(args: string[]): Asked | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [order, amount, more] = positionals;
  if (order === undefined) throw new UsageError(`Which order?\n\n${USAGE}`);
  if (more !== undefined) throw new UsageError(`"${more}" is one argument too many.\n\n${USAGE}`);
  return { order, reason: values.reason ?? 'returned by the shop', ...(amount !== undefined && { amount }) };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { reason: { type: 'string' }, help: { type: 'boolean', short: 'h' } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
