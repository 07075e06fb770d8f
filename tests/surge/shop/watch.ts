import type pg from 'pg';
import type { Second } from '../record/tally.ts';

/** Sessions of the shop's database, ours not counted. Undefined while the last look still waits: nobody queues up here. */
export class DatabaseWatch {
  readonly #database: Pick<pg.Client, 'query'>;
  #looks = false;

  constructor(database: Pick<pg.Client, 'query'>) {
    this.#database = database;
  }

  async look(): Promise<Second['database']> {
    if (this.#looks) return undefined;
    this.#looks = true;
    try {
      const { rows } = await this.#database.query<NonNullable<Second['database']>>(
        `select count(*)::integer as all, count(*) filter (where state = 'active')::integer as active, count(*) filter (where wait_event_type = 'Lock')::integer as waiting
         from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      return rows[0];
    } finally {
      this.#looks = false;
    }
  }
}
