import { randomBytes } from 'node:crypto';
import pg from 'pg';

const ROLE = 'outsider';
/** Of Postgres: too_many_connections. */
const TOO_MANY = '53300';

/** Somebody else who uses the same database server, and holds connections without doing anything. */
export class Outsider {
  readonly #url: string;
  readonly #admin: Pick<pg.Client, 'query'>;
  #clients: pg.Client[] = [];

  /** @param url of the database, with any role */
  constructor(url: string, admin: Pick<pg.Client, 'query'>) {
    this.#url = url;
    this.#admin = admin;
  }

  /** @returns how many of those it wanted it got: the server may keep the last for others */
  async take(wanted: number): Promise<number> {
    const password = randomBytes(16).toString('hex');
    await this.#admin.query(`do $$ begin create role ${ROLE} login; exception when duplicate_object then null; end $$`);
    await this.#admin.query(`alter role ${ROLE} password '${password}'`);
    await this.#admin.query(`grant connect on database ${pg.escapeIdentifier(decodeURIComponent(new URL(this.#url).pathname.slice(1)))} to ${ROLE}`);
    const url = new URL(this.#url);
    url.username = ROLE;
    url.password = password;
    while (this.#clients.length < wanted) {
      const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5000, application_name: ROLE });
      client.on('error', () => {});
      try {
        await client.connect();
      } catch (error) {
        await client.end().catch(() => {});
        if ((error as { code?: string }).code === TOO_MANY) break;
        throw error;
      }
      this.#clients.push(client);
    }
    return this.#clients.length;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.end().catch(() => {})));
    const { rowCount } = await this.#admin.query('select from pg_roles where rolname = $1', [ROLE]);
    // What it was granted goes with it.
    if (rowCount !== 0) await this.#admin.query(`drop owned by ${ROLE}; drop role ${ROLE}`);
  }
}

/** What it took in 2023. */
export async function aThird(database: Pick<pg.Client, 'query'>): Promise<number> {
  const { rows: [row] } = await database.query<{ most: number }>("select current_setting('max_connections')::integer as most");
  return Math.floor((row?.most ?? 0) / 3);
}
