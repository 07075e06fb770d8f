import type { Command } from './command.ts';
import { Fault } from '../fault.ts';
import { openHome } from '../home.ts';
import { followLogs, logFiles, showTail } from '../supervisor/read-logs.ts';

export const command: Command = {
  usage: 'logs [service] [-f] [-n lines]',
  help: 'Shows the end of the logs: of all processes, of a service (order), or of one process (order-2, postgres, access). Stacks name the sources.\n  -f, --follow   go on as they grow\n  -n, --lines    how many lines of each to begin with (20)',
  options: { follow: { type: 'boolean', short: 'f' }, lines: { type: 'string', short: 'n', default: '20' } },
  arguments: [0, 1],
  async run({ values, args: [service] }) {
    const home = openHome();
    const files = logFiles(home, service);
    if (files.length === 0) throw new Fault(`There is no log of "${service}". There are: ${logFiles(home).map(({ name }) => name).join(', ')}`);
    const lines = Number(values['lines']);
    if (!Number.isInteger(lines) || lines < 0) throw new Fault('--lines takes a whole number.');
    const ends = new Map(files.map((file) => [file.path, showTail(file, lines)]));
    if (values['follow'] !== true) return 0;
    return followLogs(() => logFiles(home, service), ends);
  },
};
