import { runJob } from '../job.ts';
import { importCategories } from './import-categories.ts';
import { importProducts } from './import-products.ts';
import { readCommand, usage } from './options.ts';
import { Report } from './report.ts';

process.exitCode = await runJob(process.env, async ({ db, currency }) => {
  const command = readCommand(process.argv.slice(2), currency);
  if (command === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  if (command.categories !== undefined) {
    const { written, refused } = await importCategories(db, command.categories, new Report(command.categories, process.stderr));
    process.stdout.write(`categories: ${written} written, ${refused} refused\n`);
  }
  if (command.file !== undefined) {
    const { created, updated, discontinued, refused } = await importProducts(db, command.file, command, new Report(command.file, process.stderr));
    process.stdout.write(`imported ${created}, updated ${updated}, discontinued ${discontinued}, refused ${refused}\n`);
  }
  return 0;
});
