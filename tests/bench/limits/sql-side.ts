import { Child } from '../child.ts';
import { CpuMeter, type Watched } from '../cpu/meter.ts';
import type { Seen } from '../load/messages.ts';
import type { BenchShop } from '../shop/shop.ts';
import type { Round, Side } from '../side.ts';
import type { LimitSetting } from './setting.ts';
import type { LoopPlan, Statement } from './sql-loop.ts';

const FIRST = 200;
/** As many as a service's role has left beside its replicas. */
const CONNECTIONS = 4;

/** As the services' pools set it (infra/runtime/src/postgres.ts): planned anew, a search costs four times as much. */
const AS_SERVICES = { plan_cache_mode: 'force_generic_plan', jit: 'off' };

function optionsOf(settings: Record<string, string>): string {
  return `options=${encodeURIComponent(Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`).join(' '))}`;
}

/** SQL from a bare loop of the driver: Postgres and the loop together. */
export class SqlSide implements Side {
  readonly #child: Child;
  readonly #watched: Watched[];
  readonly #seconds: number;
  readonly #after: (() => Promise<void>) | undefined;
  #count = FIRST;

  private constructor(child: Child, watched: Watched[], seconds: number, after?: () => Promise<void>) {
    this.#child = child;
    this.#watched = watched;
    this.#seconds = seconds;
    this.#after = after;
  }

  static async open({ shop, cores, seconds }: Pick<LimitSetting, 'shop' | 'cores' | 'seconds'>, what: Statement[][] | Scratch): Promise<SqlSide> {
    const child = new Child('limits/sql-loop.ts', cores.shop);
    const { operations, drop } = Array.isArray(what) ? { operations: what, drop: undefined } : what;
    const connection = Array.isArray(what) ? `${shop.roleUrl('catalog_run')}?${optionsOf(AS_SERVICES)}` : `${shop.adminUrl}?${optionsOf({ ...AS_SERVICES, search_path: 'bench' })}`;
    await child.ask({ open: { connection, operations, connections: CONNECTIONS } satisfies LoopPlan });
    const postgres = shop.watched().filter(({ name }) => name === 'postgres');
    return new SqlSide(child, [...postgres, { name: 'driver', pid: child.pid }], seconds, drop);
  }

  async warmUp(): Promise<void> {
    for (let i = 0; i < 3; i += 1) {
      const { done, seconds } = await this.#run();
      this.#count = Math.max(FIRST, Math.round((done / seconds) * this.#seconds));
    }
  }

  async round(): Promise<Round> {
    const meter = new CpuMeter(this.#watched);
    const { done, seconds, latencies, failures, layers } = await this.#run();
    return { done, seconds, latencies, failures, layers, generatorMs: 0, cpu: meter.stop() };
  }

  async close(): Promise<void> {
    this.#child.end();
    await this.#after?.();
  }

  async #run(): Promise<Seen> {
    return (await this.#child.ask<{ seen: Seen }>({ count: this.#count })).seen;
  }
}

/** Tables of the bench's own, gone afterwards. */
interface Scratch {
  operations: Statement[][];
  drop(): Promise<void>;
}

const SHOPPERS = 2000;
const SKUS = 5000;

async function scratch({ database }: BenchShop, operations: Statement[][]): Promise<Scratch> {
  await database.query(`
    drop schema if exists bench cascade;
    create schema bench;
    create table bench.stock (sku text primary key, on_hand int not null);
    create table bench.reservation (order_id uuid primary key, lines jsonb not null);
    create table bench.orders (id uuid primary key, shopper text not null, body jsonb not null, placed_at timestamptz not null default now());
    create table bench.order_line (order_id uuid references bench.orders, sku text, quantity int not null, price int not null, primary key (order_id, sku));
    create table bench.cart_line (shopper text, sku text, quantity int not null, primary key (shopper, sku));
    insert into bench.stock select 'S' || n, 1000000 from generate_series(1, ${SKUS}) n;
    analyze bench.stock`);
  return { operations, drop: async () => void (await database.query('drop schema bench cascade')) };
}

const skus = (n: number) => [`S${(n * 7) % SKUS + 1}`, `S${(n * 7 + 1009) % SKUS + 1}`];

/** The least that remembers a line: one statement, one commit. */
export function leastCart(shop: BenchShop): Promise<Scratch> {
  const text = 'insert into cart_line values ($1, $2, 1) on conflict (shopper, sku) do update set quantity = cart_line.quantity + 1';
  return scratch(shop, Array.from({ length: SHOPPERS }, (_, n) => [{ text, values: [`shopper ${n}`, skus(n)[0] ?? ''] }]));
}

/** The least that sells two things: reserve, and store, each one statement and one commit. */
export function leastOrder(shop: BenchShop): Promise<Scratch> {
  const reserve = `
    with taken as (update stock set on_hand = on_hand - 1 where sku = any($1::text[]) returning sku)
    insert into reservation select gen_random_uuid(), jsonb_agg(sku) from taken`;
  const store = `
    with placed as (insert into orders (id, shopper, body) values (gen_random_uuid(), $1, $2) returning id)
    insert into order_line select id, unnest($3::text[]), 1, 1999 from placed`;
  const body = JSON.stringify({ name: 'Ada Lovelace', line1: "12 St James's Square", city: 'London', postcode: 'SW1Y 4JH', country: 'GB', email: 'ada@example.com' });
  return scratch(shop, Array.from({ length: SHOPPERS }, (_, n) => {
    const two = `{${skus(n).join(',')}}`;
    return [{ text: reserve, values: [two] }, { text: store, values: [`shopper ${n}`, body, two] }];
  }));
}
