import type { Command } from './command.ts';
import { runShopJob } from '../supervisor/jobs.ts';

export const command: Command = {
  usage: 'refund ORDER [AMOUNT] [--reason TEXT] | ORDER --list | REFUND',
  help: "Returns what was paid for an order, or AMOUNT of it, such as 12.34. ORDER is its number (EM-7Q4K-2M9D) or its id.\nReturning all of it ends an order that was not shipped, and its stock goes back. Says what will happen, does it, and waits\nfor the provider's answer. --list shows what was returned of an order; REFUND, the id of one that failed, makes it again.",
  passesOn: true,
  run: ({ args }) => runShopJob('order-refund', args),
};
