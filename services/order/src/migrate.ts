import { migrate } from '@emall/runtime';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';

export interface MigrateOptions {
  /** The owner's address: the running role has no right to change the schema. */
  url: string;
  /** `services/order/migrations`, wherever it lies beside the code that runs. */
  directory: string;
}

/**
 * Brings `orders` and the job queue in `order_jobs` up to date, as a job before a rollout. Replicas only check that it was done.
 * May be run again, and by several at once. @returns the migrations of `orders` that ran
 */
export async function migrateOrders({ url, directory }: MigrateOptions): Promise<string[]> {
  const done = await migrate({ url, directory, schema: 'orders' });
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // graphile-worker asks for both listeners.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await pool.query(ADOPT_SCHEMA);
    await runMigrations({ pgPool: pool, schema: 'order_jobs', taskList: {} });
    await pool.query(OPEN_TO_RUNNING_ROLE);
    await pool.query(CAP_BACK_OFF);
  } finally {
    await pool.end();
  }
  return done;
}

/** An owner without CREATE on the database gets the schema from whoever made the roles; graphile-worker would try to create it again. */
const ADOPT_SCHEMA = `
  do $$ begin
    if exists (select 1 from pg_namespace where nspname = 'order_jobs') then
      create table if not exists order_jobs.migrations (
        id int primary key, ts timestamptz default now() not null, breaking boolean not null default false
      );
    end if;
  end $$`;

/**
 * Whoever may use the schema `orders` may use the queue: nobody's name is needed here. graphile-worker turns on row security
 * without a policy, which shuts out everybody but the owner.
 */
const OPEN_TO_RUNNING_ROLE = `
  do $$ declare runner name; relation name; begin
    for relation in select relname from pg_class where relnamespace = 'order_jobs'::regnamespace and relkind = 'r' and relrowsecurity loop
      execute format('drop policy if exists whoever_has_the_grant on order_jobs.%I', relation);
      execute format('create policy whoever_has_the_grant on order_jobs.%I using (true) with check (true)', relation);
    end loop;
    for runner in
      select distinct grantee::regrole::name from pg_namespace, aclexplode(nspacl)
      where nspname = 'orders' and grantee <> 0 and grantee <> nspowner and privilege_type = 'USAGE'
    loop
      execute format('grant usage on schema order_jobs to %I', runner);
      execute format('grant select, insert, update, delete on all tables in schema order_jobs to %I', runner);
      execute format('grant usage on all sequences in schema order_jobs to %I', runner);
      execute format('grant execute on all functions in schema order_jobs to %I', runner);
    end loop;
  end $$`;

/** A failed job waits exp(attempts) seconds, 6 hours in the end. What follows an order is tried again within 10 s. */
const CAP_BACK_OFF = `
  create or replace function order_jobs.cap_back_off() returns trigger language plpgsql as $$
  begin
    new.run_at := least(new.run_at, now() + interval '10 seconds');
    return new;
  end $$;
  create or replace trigger cap_back_off before update of run_at on order_jobs._private_jobs
    for each row when (old.locked_by is not null and new.locked_by is null and new.run_at > old.run_at)
    execute function order_jobs.cap_back_off()`;
