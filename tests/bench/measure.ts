import { type Figures, kindOf, toFigures } from './figures.ts';
import { openLimit } from './limits/limits.ts';
import type { LimitSetting } from './limits/setting.ts';
import type { Row } from './rows.ts';
import { HttpSide, type Round, type Side } from './side.ts';
import { forgetOrders, holdJobs, letJobsGo, untilJobsAreDone } from './shop/jobs.ts';
import { countStatements, type Statements } from './shop/statements.ts';

export interface Measured {
  row: Row;
  ours: Figures;
  limit?: Figures;
  statements?: Statements;
}

/** Neither is of our making: the provider's sandbox stands for another company's machine. */
const NOT_OURS = new Set(['sandbox']);
const COUNTED = 100;

/** A row in so many rounds, each next to a round of its limit. */
export async function measure(setting: LimitSetting, row: Row, rounds: number): Promise<Measured> {
  const { shop } = setting;
  const limit = row.limit === undefined ? undefined : await openLimit({ ...row, limit: row.limit }, setting);
  const ours = openRow(setting, row);
  try {
    await limit?.side.warmUp();
    await ours.warmUp();
    const statements = row.counted ? await countOf(setting, row) : undefined;
    const [mine, theirs] = await inTurns(ours, limit?.side, rounds);
    return {
      row,
      ours: toFigures(mine, (kind) => (row.of === undefined ? !NOT_OURS.has(kind) : kind === row.of)),
      ...(limit && { limit: toFigures(theirs, (kind) => limit.of === 'all' || kindOf(kind) === limit.of) }),
      ...(statements && { statements }),
    };
  } finally {
    await ours.close();
    await limit?.side.close();
    if (row.jobs === 'held') {
      await letJobsGo(shop.database);
      await untilJobsAreDone(shop.database);
    }
    if (row.leavesUnpaid) await forgetOrders(shop.database);
  }
}

function openRow({ shop, load, worlds, concurrency, seconds }: LimitSetting, row: Row): Side {
  return new HttpSide(load, {
    as: 'ours',
    to: shop.door,
    operation: row.operation,
    world: row.world(worlds),
    concurrency: row.concurrency ?? concurrency,
    seconds,
    ...(row.most !== undefined && { most: row.most }),
    watched: shop.watched(),
    ...(row.jobs === 'held' && { before: () => untilJobsAreDone(shop.database).then(() => holdJobs(shop.database)) }),
    ...(row.jobs === 'after' && { rest: () => untilJobsAreDone(shop.database) }),
  });
}

async function inTurns(ours: Side, limit: Side | undefined, rounds: number): Promise<[Round[], Round[]]> {
  const [mine, theirs]: [Round[], Round[]] = [[], []];
  for (let i = 0; i < rounds; i += 1) {
    if (limit) theirs.push(await limit.round());
    mine.push(await ours.round());
  }
  return [mine, theirs];
}

/** One operation after another: at once they would share flushes of the log. */
async function countOf({ shop, load, worlds }: LimitSetting, row: Row): Promise<Statements> {
  await load.tell({ kind: 'open', as: 'count', to: shop.door, operation: row.operation, world: row.world(worlds) });
  await load.tell({ kind: 'prepare', as: 'count', count: COUNTED });
  await untilJobsAreDone(shop.database);
  if (row.jobs === 'held') await holdJobs(shop.database);
  const statements = await countStatements(shop.database, { operations: COUNTED, writes: row.operation !== 'get' }, async () => {
    await load.tell({ kind: 'run', as: 'count', count: COUNTED, concurrency: 1 });
    if (row.jobs === 'after') await untilJobsAreDone(shop.database);
  });
  await load.tell({ kind: 'close', as: 'count' });
  return statements;
}
