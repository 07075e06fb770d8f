import { constants } from 'node:os';
import { whenToldToStop } from '../../infra/local/src/supervisor/stop-signals.ts';
import { incident } from './incident/incident.ts';
import { readOptions, UsageError } from './options.ts';
import { prove } from './proofs.ts';
import type { Stage } from './run.ts';
import { SurgeShop } from './shop/shop.ts';
import { surge } from './surge.ts';

const say = (line: string) => void process.stdout.write(line === '' ? '' : `${line}\n`);

/** @returns the exit code: 0 when every promise was kept, 1 when not, 2 when the run says nothing */
async function run(command: string | undefined, stage: Stage): Promise<number> {
  if (command === 'incident') return incident(stage);
  if (stage.options.proofs) return prove(stage);
  const { findings, valid } = await surge(stage);
  if (!valid) return 2;
  return findings.every(({ kept }) => kept) ? 0 : 1;
}

async function main([command, ...args]: string[]): Promise<number> {
  const options = readOptions(args, process.env);
  const stop = new AbortController();
  let told: NodeJS.Signals | undefined;
  whenToldToStop((name) => {
    if (told === undefined) say(`\nStopping (${name}), and putting everything back.`);
    told ??= name;
    stop.abort();
  });
  const shop = new SurgeShop();
  try {
    return await run(command, { shop, options, signal: stop.signal, say });
  } catch (error) {
    if (told === undefined) throw error;
    return 128 + constants.signals[told];
  } finally {
    shop.close();
    say('The shop is stopped, and its home removed.');
  }
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}. See --help.\n`);
  process.exit(2);
}
