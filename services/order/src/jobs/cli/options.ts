import { parseArgs } from 'node:util';
import { UsageError } from '../../command.ts';

export const USAGE = `Usage: npm run emall -- jobs [--json]
       npm run emall -- jobs retry ID... | --all

What follows an order and is still to be done: what waits, what fails and is tried again by itself for a day, and the
dead letters, which have used up their attempts or cannot succeed. They stay until somebody has mended the cause and
has them tried again with retry: those with the given ids, or all.`;

export type Asked = { what: 'help' } | { what: 'list'; json: boolean } | { what: 'retry'; ids: 'all' | string[] };

/** @throws UsageError */
export function readOptions(args: string[]): Asked {
  const { values, positionals: [subcommand, ...ids] } = parse(args);
  if (values.help) return { what: 'help' };
  if (subcommand === undefined && !values.all) return { what: 'list', json: values.json === true };
  if (subcommand !== 'retry' || values.json) throw new UsageError(`That is not understood.\n\n${USAGE}`);
  if (values.all === (ids.length > 0)) throw new UsageError('Give the ids of dead letters, or --all.');
  const wrong = ids.find((id) => !/^[1-9]\d{0,17}$/.test(id));
  if (wrong !== undefined) throw new UsageError(`"${wrong}" is not the id of a job: that is a number, as the list shows it.`);
  return { what: 'retry', ids: values.all ? 'all' : ids };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean' }, all: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
