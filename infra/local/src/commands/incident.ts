import type { Command } from './command.ts';
import { runSurge } from '../system/surge.ts';

export const command: Command = {
  usage: 'incident [--seed S] [--baskets FILE] [--without P,…] [--report] [options of surge]',
  help: `The outage of January 2023 again, on a shop of its own: a surge, a listing without its index, and a third of the connections
taken by somebody else; first with nothing that protects, then as the shop is today, side by side.
Everything is put back afterwards, also after Ctrl-C. --report writes docs/performance/incident.md. See tests/surge/README.md.`,
  passesOn: true,
  run: ({ args }) => runSurge('incident', args),
};
