import { runCommand } from '../../command.ts';
import { readOptions } from './options.ts';
import { runJobs } from './run.ts';

process.exitCode = await runCommand(process.env, (db) => runJobs(db, readOptions(process.argv.slice(2)), (text) => void process.stdout.write(`${text}\n`)));
