import { readFileSync, statSync } from 'node:fs';
import type { Row } from '../rows.ts';
import type { LimitSetting } from './setting.ts';
import type { Statement } from './sql-loop.ts';
import { parseStatements } from './statement-log.ts';

const OPERATIONS = 200;

/**
 * The statements that a row's operations send, with their values, as Postgres logs them: what is measured without the services
 * is then the same SQL. One operation at a time, so that it is known where one ends; as many statements belong to each.
 */
export async function recordStatements({ shop, load, worlds }: LimitSetting, row: Row): Promise<Statement[][]> {
  const { database } = shop;
  const log = shop.topology().processes.find(({ name }) => name === 'postgres')?.log ?? '';
  await load.tell({ kind: 'open', as: 'record', to: shop.door, operation: row.operation, world: row.world(worlds) });
  await set("alter system set log_statement = 'all'", 'alter system set log_parameter_max_length = -1');
  const from = statSync(log).size;
  try {
    await load.tell({ kind: 'prepare', as: 'record', count: OPERATIONS });
    await load.tell({ kind: 'run', as: 'record', count: OPERATIONS, concurrency: 1 });
  } finally {
    await set('alter system reset log_statement', 'alter system reset log_parameter_max_length');
    await load.tell({ kind: 'close', as: 'record' });
  }
  const sent = parseStatements(readFileSync(log).subarray(from).toString(), 'catalog/browse');
  return inTurn(sent, OPERATIONS);

  async function set(...statements: string[]): Promise<void> {
    for (const statement of statements) await database.query(statement);
    await database.query('select pg_reload_conf()');
    // Sessions read it when they next wait for a statement.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What services send by the clock is left out: texts that fewer than every second operation sends. */
export function inTurn(sent: readonly Statement[], operations: number): Statement[][] {
  const counts = new Map<string, number>();
  for (const { text } of sent) counts.set(text, (counts.get(text) ?? 0) + 1);
  const mine = sent.filter(({ text }) => (counts.get(text) ?? 0) >= operations / 20);
  if (mine.length === 0) throw new Error('no statement was logged');
  const perOperation = Math.max(1, Math.round(mine.length / operations));
  return Array.from({ length: Math.ceil(mine.length / perOperation) }, (_, i) => mine.slice(i * perOperation, (i + 1) * perOperation));
}
