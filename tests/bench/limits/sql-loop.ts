import pg from 'pg';
import type { Seen } from '../load/messages.ts';

/** A statement as a service sent it. */
export interface Statement {
  text: string;
  /** As text; the server knows their types from the statement. */
  values: (string | null)[];
}

export interface LoopPlan {
  /** As the service's own role, whose settings are part of what a statement costs. */
  connection: string;
  /** What one operation sends, in order; operations in turn. */
  operations: Statement[][];
  connections: number;
}

/** Sends what a service sent, prepared once a connection, and does nothing with the rows. */
let clients: pg.Client[] = [];
let plan: LoopPlan | undefined;
let next = 0;
const names = new Map<string, string>();

async function open(wanted: LoopPlan): Promise<void> {
  plan = wanted;
  clients = await Promise.all(Array.from({ length: wanted.connections }, async () => {
    const client = new pg.Client({ connectionString: wanted.connection, application_name: 'bench' });
    await client.connect();
    return client;
  }));
}

function nameOf(text: string): string {
  const known = names.get(text) ?? `s${names.size}`;
  names.set(text, known);
  return known;
}

async function run(count: number): Promise<Seen> {
  if (!plan) throw new Error('nothing is open');
  const { operations } = plan;
  const end = next + count;
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(clients.map(async (client) => {
    while (next < end) {
      const statements = operations[next++ % operations.length] ?? [];
      const begun = performance.now();
      for (const { text, values } of statements) await client.query({ name: nameOf(text), text, values });
      latencies.push(performance.now() - begun);
    }
  }));
  const { user, system } = process.cpuUsage(cpu);
  return { done: count, seconds: (performance.now() - start) / 1000, latencies, failures: { count: 0, examples: [] }, layers: {}, cpuMs: (user + system) / 1000 };
}

process.on('message', ({ open: wanted, count }: { open?: LoopPlan; count?: number }) => {
  (wanted ? open(wanted).then(() => undefined) : run(count ?? 0)).then(
    (seen) => process.send?.({ seen }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
