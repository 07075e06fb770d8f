import type { Command } from './command.ts';
import { runSurge } from '../system/surge.ts';

export const command: Command = {
  usage: 'surge [--seed S] [--baskets FILE] [--bots N] [--without P,…] [--proofs] [--report]',
  help: `Ten times the usual shoppers within ten seconds, two and a half times what the shop can do, on a shop of its own.
Exit code 0 when every promise was kept, 1 when one was broken, 2 when the generator itself was late and the run says nothing.
--baskets (or EMALL_BASKETS) has real baskets, one a line, bought; --bots adds scrapers; --without leaves protections out.
--proofs runs it once with everything and once without each protection; with --report the table goes to docs/performance.
--normal, --ramp, --surge, --back are seconds, --think the mean pause of a shopper in ms, --products how many are made up,
--capacity 12/80 (visits and good answers a second) spares measuring it. Charts: .emall/surge. See tests/surge/README.md.`,
  passesOn: true,
  run: ({ args }) => runSurge('surge', args),
};
