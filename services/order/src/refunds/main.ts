import { runCommand } from '../command.ts';
import { readOptions, USAGE } from './options.ts';
import { refundOrder } from './refund-order.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

process.exitCode = await runCommand(process.env, async (db) => {
  const asked = readOptions(process.argv.slice(2));
  if (asked === 'help') {
    say(USAGE);
    return 0;
  }
  return await refundOrder(db, asked, say);
});
