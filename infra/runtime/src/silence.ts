import pg from 'pg';
import type { Log } from './log.ts';

const PROBE_EVERY_MS = 250;
const PROBE_TIMEOUT_MS = 500;

/**
 * A server that is frozen or cut off answers nothing, and each call would wait as long as a statement may take. Once one of
 * them did, nobody waits: all are refused until a connection of its own, tried every 250 ms, is answered again, be it with
 * an error. Only a statement that outlasted the server's own limit begins it, so that a slow server is not taken for a silent one.
 */
export class Silence {
  readonly #url: string;
  readonly #pool: string;
  readonly #log: Log;
  readonly #isOver: () => boolean;
  #probe: NodeJS.Timeout | undefined;

  /** @param isOver whether nobody uses the pool any more */
  constructor(url: string, pool: string, log: Log, isOver: () => boolean) {
    this.#url = url;
    this.#pool = pool;
    this.#log = log;
    this.#isOver = isOver;
  }

  /** @throws when the server is silent; see `isDatabaseFault` */
  refuse(): void {
    if (this.#probe) throw new Error(SILENT);
  }

  begin(): void {
    if (this.#probe) return;
    this.#log.warn({ pool: this.#pool }, 'the database does not answer: refusing calls until it does');
    this.#probeLater();
  }

  #probeLater(): void {
    this.#probe = setTimeout(async () => {
      if (this.#isOver()) return;
      if (!(await isAnswered(this.#url))) return this.#probeLater();
      this.#probe = undefined;
      this.#log.info({ pool: this.#pool }, 'the database answers again');
    }, PROBE_EVERY_MS).unref();
  }
}

export const SILENT = 'the database is silent';

async function isAnswered(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: 'emall/probe', connectionTimeoutMillis: PROBE_TIMEOUT_MS, query_timeout: PROBE_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    return !/timeout/.test((error as Error).message);
  } finally {
    // A farewell would wait for the same silence.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
