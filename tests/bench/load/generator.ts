import { setTimeout as sleep } from 'node:timers/promises';
import type { Seen, Task } from './messages.ts';
import { type Operation, operations, type World } from './operations.ts';
import { Street, Unexpected } from './street.ts';

/** The process that makes load: told what to do by whoever started it, and tells what it saw. */
interface Opened {
  street: Street;
  operation: Operation;
  world: World;
  prepared: unknown[];
  next: number;
}

const opened = new Map<string, Opened>();

const PREPARE_AT_ONCE = 8;
const PREPARE_TRIES = 12;

async function obey(task: Task): Promise<Seen | undefined> {
  if (task.kind === 'open') {
    const operation = operations[task.operation];
    if (!operation) throw new Error(`no operation ${task.operation}`);
    opened.set(task.as, { street: new Street(task.to), operation, world: task.world, prepared: [], next: 0 });
    return undefined;
  }
  const state = opened.get(task.as);
  if (!state) throw new Error(`${task.as} is not open`);
  if (task.kind === 'prepare') return prepare(state, task.count);
  if (task.kind === 'run') return run(state, task.count, task.concurrency);
  state.street.close();
  opened.delete(task.as);
  return undefined;
}

async function prepare({ street, operation, world, prepared, next }: Opened, count: number): Promise<undefined> {
  if (!operation.prepare) return;
  const first = next + prepared.length;
  const made = await atOnce(PREPARE_AT_ONCE, count, (i) => insist(async () => operation.prepare?.(street, world, first + i)));
  prepared.push(...made);
}

/** What comes before is not measured: who is refused comes again. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unexpected) || tries === PREPARE_TRIES) throw error;
      await sleep(100 * tries);
    }
  }
}

async function run(state: Opened, count: number, concurrency: number): Promise<Seen> {
  const { street, operation, world, prepared } = state;
  if (operation.prepare && prepared.length < count) throw new Error(`only ${prepared.length} are prepared`);
  const mine = prepared.splice(0, count);
  const first = state.next;
  state.next += count;
  street.layers.clear();
  const failures = { count: 0, examples: [] as string[] };
  const cpu = process.cpuUsage();
  const start = performance.now();
  const latencies = await atOnce(concurrency, count, async (i) => {
    const begun = performance.now();
    try {
      await operation.run(street, world, first + i, mine[i]);
    } catch (error) {
      failures.count += 1;
      if (failures.examples.length < 3) failures.examples.push(String(error));
    }
    return performance.now() - begun;
  });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { done: count, seconds, latencies, failures, layers: Object.fromEntries(street.layers), cpuMs: (user + system) / 1000 };
}

/** Results in the order of their beginning. */
async function atOnce<T>(concurrency: number, count: number, work: (i: number) => Promise<T> | undefined): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < count; i = next++) results[i] = (await work(i)) as T;
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

process.on('message', (task: Task) => {
  obey(task).then(
    (seen) => process.send?.({ seen }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit(0));
