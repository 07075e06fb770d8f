import { parseArgs } from 'node:util';
import { runJob } from '../job.ts';
import { seed } from './seed.ts';

const usage = 'Usage: npm run emall -- seed --products N\n\nMakes products 1 to N of a catalogue that is the same every time.\n';

process.exitCode = await runJob(process.env, async ({ db, currency }) => {
  const { values } = parseArgs({ options: { products: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const products = Number(values.products);
  if (!Number.isInteger(products) || products < 1 || products > 2_000_000) throw new Error(`--products: a number from 1 to 2000000\n\n${usage}`);
  const start = performance.now();
  const progress = (done: number) => void process.stderr.write(`${done} of ${products} products\n`);
  await seed(db, { products, currency, progress });
  process.stdout.write(`seeded ${products} products in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  return 0;
});
