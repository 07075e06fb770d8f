import pg from 'pg';

export interface Conflicts {
  /** Whose rows are fought over. */
  table: string;
  /** How many transactions lose before one goes through. A sequence counts them: it forgets nothing that is undone. */
  times: number;
  code?: '40001' | '40P01';
}

/** While something is done, the first transactions that write to a table lose to others that are not there. */
export async function withConflicts<T>(ownerUrl: string, { table, times, code = '40P01' }: Conflicts, during: () => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(`
      create sequence lost_conflict;
      create function lose_conflict() returns trigger language plpgsql as $$
      begin
        if nextval('lost_conflict') <= ${times} then raise exception 'lost' using errcode = '${code}'; end if;
        return null;
      end $$;
      create trigger lose_conflict after insert or update or delete on "${table}" for each statement execute function lose_conflict();`);
    return await during();
  } finally {
    await owner.query(`drop trigger if exists lose_conflict on "${table}"; drop function if exists lose_conflict; drop sequence if exists lost_conflict`);
    await owner.end();
  }
}
