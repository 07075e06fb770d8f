import { randomBytes } from 'node:crypto';
import pg from 'pg';

const ROLE = 'outsider';

/** Somebody else who uses the same database server: a third of its connections, and does nothing with them. */
export class Outsider {
  readonly #url: string;
  readonly #admin: Pick<pg.Client, 'query'>;
  #clients: pg.Client[] = [];

  /** @param url of the database, with any role */
  constructor(url: string, admin: Pick<pg.Client, 'query'>) {
    this.#url = url;
    this.#admin = admin;
  }

  /** @returns how many it got: the server may keep the last for others */
  async take(): Promise<number> {
    const password = randomBytes(16).toString('hex');
    await this.#admin.query(`do $$ begin create role ${ROLE} login; exception when duplicate_object then null; end $$`);
    await this.#admin.query(`alter role ${ROLE} password '${password}'`);
    const { rows: [row] } = await this.#admin.query<{ most: number }>("select current_setting('max_connections')::integer as most");
    const url = new URL(this.#url);
    url.username = ROLE;
    url.password = password;
    for (let wanted = Math.floor((row?.most ?? 0) / 3); wanted > 0; wanted -= 1) {
      const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5000, application_name: ROLE });
      client.on('error', () => {});
      try {
        await client.connect();
      } catch {
        break;
      }
      this.#clients.push(client);
    }
    return this.#clients.length;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.end().catch(() => {})));
    await this.#admin.query(`drop role if exists ${ROLE}`);
  }
}
