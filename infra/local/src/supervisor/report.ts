import { appendFileSync } from 'node:fs';
import type { Topology } from '../topology.ts';

/** Tells the terminal and keeps it; neither a terminal that has been closed nor a disk that is full is a reason to stop. */
export function createReporter(log: string): (line: string) => void {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  return (line) => {
    process.stdout.write(`${line}\n`);
    try {
      appendFileSync(log, `${new Date().toISOString()} ${line}\n`);
    } catch {
      // It was said on the terminal.
    }
  };
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}`).join('\n');
}

function processTable({ processes }: Topology): string {
  const rows = processes.map(({ name, version, port, adminPort, pid }) => [name, String(port), adminPort === undefined ? '' : String(adminPort), String(pid), version]);
  return table([['process', 'port', 'admin', 'pid', 'version'], ...rows]);
}

export function welcome(topology: Topology, seconds: number): string {
  const { baseUrl, sandbox, database } = topology;
  return `
${processTable(topology)}

  The shop is open: ${baseUrl}   (ready in ${seconds.toFixed(1)} s)
${sandbox === undefined ? '' : `  Pay with the test card 4242 4242 4242 4242; 4000 0000 0000 0002 is declined.\n`}${database.dataDirectory?.startsWith('/var/lib/') ? `  The database lies in ${database.dataDirectory}.\n` : ''}
  What to try next
    npm run emall -- status           what runs, and whether it is ready
    npm run emall -- logs order -f    watch a service
    npm run emall -- dev storefront   edit a service and see it change in this shop
    kill -9 <a pid from above>        nobody shopping should notice
    curl ${baseUrl}/api/openapi.json
  Ctrl-C stops it all.
`;
}
