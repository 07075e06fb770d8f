import pg from 'pg';

/**
 * How many rows of each table have been read by walking the whole of it, since the database was made. Postgres counts a session's
 * when it ends at the latest: waits until ours is the only one.
 * @param url of the database, as the owner of its tables
 * @source https://www.postgresql.org/docs/18/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW
 */
export async function rowsWalked(url: string): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const others = async () => (await client.query("select from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()")).rowCount ?? 0;
    while ((await others()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const { rows } = await client.query<{ name: string; walked: string }>('select relname as name, coalesce(seq_tup_read, 0) as walked from pg_stat_user_tables where schemaname = current_schema()');
    return Object.fromEntries(rows.map(({ name, walked }) => [name, Number(walked)]));
  } finally {
    await client.end();
  }
}
