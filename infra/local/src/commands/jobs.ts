import type { Command } from './command.ts';
import { runShopJob } from '../supervisor/jobs.ts';

export const command: Command = {
  usage: 'jobs [--json] | jobs retry ID... | jobs retry --all',
  help: 'Lists what follows an order and is still to be done: what waits, what fails and is tried again by itself, and the dead\nletters, which nobody tries again until the cause is mended and you have them retried, some or all.',
  passesOn: true,
  run: ({ args }) => runShopJob('order-jobs', args),
};
