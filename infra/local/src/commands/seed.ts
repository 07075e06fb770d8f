import type { Command } from './command.ts';
import { runShopJob } from '../supervisor/jobs.ts';

export const command: Command = {
  usage: 'seed --products N',
  help: 'Adds N made-up products to the running shop, the same ones each time. For tests of larger catalogues.',
  passesOn: true,
  run: ({ args }) => runShopJob('catalog-seed', args),
};
