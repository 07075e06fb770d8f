import { parseArgs } from 'node:util';
import { ConfigError } from '@emall/runtime';
import type { Command } from './commands/command.ts';
import { Fault } from './fault.ts';

const commands: Record<string, { summary: string; load(): Promise<{ command: Command }> }> = {
  up: { summary: 'start the shop and keep it running (npm start)', load: () => import('./commands/up.ts') },
  down: { summary: 'stop it', load: () => import('./commands/down.ts') },
  status: { summary: 'what runs, and whether it is ready', load: () => import('./commands/status.ts') },
  logs: { summary: 'what the processes write', load: () => import('./commands/logs.ts') },
  scale: { summary: 'add and remove replicas of a service', load: () => import('./commands/scale.ts') },
  deploy: { summary: 'give a service another version, and go back when it is not good', load: () => import('./commands/deploy.ts') },
  dev: { summary: 'run one service of a running shop from its sources, watching', load: () => import('./commands/dev.ts') },
  seed: { summary: 'make a catalogue of any size, for tests', load: () => import('./commands/seed.ts') },
  refund: { summary: 'return the money of an order, all or a part', load: () => import('./commands/refund.ts') },
  jobs: { summary: 'what is still to follow orders, and dead letters', load: () => import('./commands/jobs.ts') },
  import: { summary: 'import products from a CSV file', load: () => import('./commands/import.ts') },
  'new-migration': { summary: 'begin the next migration of a service', load: () => import('./commands/new-migration.ts') },
  test: { summary: 'run tests, all or some (npm test)', load: () => import('./commands/test.ts') },
  faults: { summary: 'break a shop of its own while shoppers buy, and check what is left (npm run faults)', load: () => import('./commands/faults.ts') },
  bench: { summary: 'measure what each operation costs, next to the limits of this machine (npm run bench)', load: () => import('./commands/bench.ts') },
  surge: { summary: 'ten times the usual shoppers on a shop of its own (npm run surge)', load: () => import('./commands/surge.ts') },
  incident: { summary: 'the outage of 2023 again, as it was and as it is (npm run incident)', load: () => import('./commands/incident.ts') },
  generate: { summary: 'write contracts and the types made from them (npm run generate)', load: () => import('./commands/generate.ts') },
  check: { summary: 'lint, unescaped text, contracts, types', load: () => import('./commands/check.ts') },
};

const OVERVIEW = `Usage: npm run emall -- <command>

${Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`).join('\n')}

Each of them says more with --help. Settings come from the environment, among them
  EMALL_PORT   where the shop listens (8080)
  EMALL_HOME   where its state lies (.emall)
The others are listed in infra/local/README.md.`;

class UsageError extends Error {}

async function main([name = 'help', ...rest]: string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(name)) return tell(OVERVIEW);
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) throw new UsageError(`There is no command "${name}".\n\n${OVERVIEW}`);
  const { command } = await entry.load();
  if (rest.some((argument) => argument === '--help' || argument === '-h') && !(command.passesOn && rest.length > 1)) {
    return tell(`Usage: npm run emall -- ${command.usage}\n\n${command.help}`);
  }
  return command.run(parse(name, command, rest));
}

function parse(name: string, command: Command, rest: string[]): { values: Record<string, unknown>; args: string[] } {
  if (command.passesOn) return { values: {}, args: rest };
  try {
    const { values, positionals } = parseArgs({ args: rest, options: command.options ?? {}, allowPositionals: true, strict: true });
    const [least, most] = command.arguments ?? [0, 0];
    if (positionals.length < least) throw new Error('an argument is missing');
    if (positionals.length > most) throw new Error(`"${positionals[most]}" is one argument too many`);
    return { values, args: positionals };
  } catch (error) {
    throw new UsageError(`emall ${name}: ${error instanceof Error ? error.message : String(error)}\nUsage: npm run emall -- ${command.usage}`);
  }
}

function tell(text: string): number {
  console.log(text);
  return 0;
}

// The servers that root starts run as somebody else and must read what is made for them; what is private says so itself.
if (process.getuid?.() === 0) process.umask(0o022);

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (error instanceof UsageError || error instanceof ConfigError) {
    console.error(error.message);
    process.exit(2);
  }
  console.error(error instanceof Fault ? `\n${error.message}` : error);
  process.exit(1);
}
