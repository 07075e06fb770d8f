import type pg from 'pg';

/**
 * Keeps what follows an order from running until it is let go: by a rule of the database, so that no service knows. That way
 * the call that a shopper waits for and the work that nobody waits for can be told apart.
 */
export async function holdJobs(database: pg.Client): Promise<void> {
  await database.query(`
    create or replace function public.bench_hold() returns trigger language plpgsql as $$
      begin new.run_at := greatest(new.run_at, now()) + interval '1 day'; return new; end $$;
    grant execute on function public.bench_hold() to public;
    create or replace trigger bench_hold before insert on order_jobs._private_jobs for each row execute function public.bench_hold()`);
}

export async function letJobsGo(database: pg.Client): Promise<void> {
  await database.query(`
    drop trigger if exists bench_hold on order_jobs._private_jobs;
    update order_jobs._private_jobs set run_at = run_at - interval '1 day' where run_at > now() + interval '20 hours';
    select pg_notify('jobs:insert', '{"r":1,"count":100}')`);
}

const PATIENCE_MS = 120_000;

/** Waits until nothing is due any more. */
export async function untilJobsAreDone(database: pg.Client): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const { rows } = await database.query<{ due: number }>('select count(*)::int as due from order_jobs._private_jobs where locked_at is not null or run_at <= now()');
    if (rows[0]?.due === 0) return;
    if (performance.now() > end) throw new Error(`${rows[0]?.due} jobs were not done in ${PATIENCE_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * Orders that wait for a payment nobody will make are asked about every minute: left alone, those of one row would be work in
 * every later one. What catalog holds for them lapses by itself.
 */
export async function forgetOrders(database: pg.Client): Promise<void> {
  await database.query('truncate orders."order" cascade; delete from order_jobs._private_jobs');
}
