import { once } from 'node:events';
import pg from 'pg';
import type { Protection } from '@emall/runtime';
import { openHome } from '../../../infra/local/src/home.ts';
import { readJson } from '../../../infra/local/src/files.ts';
import { adminUrl } from '../../../infra/local/src/postgres/start.ts';
import type { Secrets } from '../../../infra/local/src/secrets.ts';
import { onProcessor } from '../../../infra/local/src/system/processors.ts';
import { byCli, TestShop } from '../../local/shop.ts';

/** The shop has the first processor, whoever shops has the second. */
const SHOP_PROCESSOR = 0;

/** A shop of its own in a temporary home, which can be started again in another posture with what it has sold. */
export class SurgeShop {
  readonly #settings: Record<string, string> = { HOLD_MINUTES: '15', LOG_LEVEL: 'warn' };
  readonly #shop = new TestShop(this.#settings);
  #runs = false;

  get url(): string {
    return this.#shop.url;
  }

  get home(): string {
    return this.#shop.home;
  }

  /** @param without protections that are left out */
  async start(without: readonly Protection[]): Promise<void> {
    await this.stop();
    this.#settings['EMALL_WITHOUT'] = without.join(',');
    this.#runs = true;
    await this.#shop.start([...onProcessor(SHOP_PROCESSOR), ...byCli]);
  }

  async stop(): Promise<void> {
    if (this.#runs) await this.#shop.stop();
    this.#runs = false;
  }

  /** A job of the shop: `seed --products 100000`. */
  async job(...args: string[]): Promise<void> {
    const [code] = (await once(this.#shop.spawn(...args), 'exit')) as [number | null];
    if (code !== 0) throw new Error(`emall ${args.join(' ')} ended with ${code}`);
  }

  /** As administrator; `url` is where. */
  async connect(): Promise<{ database: pg.Client; url: string }> {
    const { database: { port, name } } = this.#shop.topology();
    const { postgres } = readJson<Secrets>(openHome(this.home).secrets) as Secrets;
    const url = adminUrl(port, postgres, name);
    const database = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: 'surge' });
    database.on('error', () => {});
    await database.connect();
    return { database, url };
  }

  /** Ends it, whatever state it is in, and removes its home. */
  close(): void {
    this.#shop.dispose();
    this.#runs = false;
  }
}
