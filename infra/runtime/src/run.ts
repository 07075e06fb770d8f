import { once } from 'node:events';
import closeWithGrace from 'close-with-grace';
import { type Static, type TObject, Type } from 'typebox';
import { ConfigError, loadConfig, serviceEnv } from './config.ts';
import { leaveOutDeadlines } from './deadline.ts';
import { createAdminServer, Readiness } from './health.ts';
import { type Protections, protectionsWithout } from './protections.ts';
import { createLog, type Log } from './log.ts';
import type { App } from './app.ts';
import { type GuardOptions, guardRequests } from './overload/guard.ts';
import { Limiter } from './overload/limiter.ts';
import { measureLoopWait } from './overload/loop.ts';
import { observeLimiter } from './overload/observe.ts';

/** Long enough for nginx to have been told, by `connection: close`, on the connections it keeps. */
const DRAIN_MS = 500;
const CLOSE_MS = 10_000;

export interface RunContext<Config> {
  config: Config;
  log: Log;
  version: string;
  readiness: Readiness;
  /** What is not to be left out; see `protections`. */
  protections: Protections;
  /** Registers what to close after the last request, in reverse order of registration. */
  onClose(close: () => unknown): void;
}

export interface RunOptions<Schema extends TObject> {
  name: string;
  /** `process.env`, which main.ts alone reads. */
  env: NodeJS.ProcessEnv;
  /** Settings besides `serviceEnv`. */
  settings: Schema;
  /** What requests are worth here and how refusals look, where it is not as in every service. */
  admission?: GuardOptions & { names: readonly string[] };
  build(context: RunContext<Static<Schema>>): Promise<App>;
}

/**
 * A process from its settings to its last request: every fault of the settings is named and the process exits with 2
 * before it listens; a signal drains it (readiness 503, connections told to close, in-flight work finished, resources closed).
 */
export async function runService<Schema extends TObject>({ name, env, settings, admission, build }: RunOptions<Schema>): Promise<void> {
  const { base, config } = readSettings(settings, env);
  const version = base.SERVICE_VERSION;
  const log = createLog({ service: name, replica: base.REPLICA, version, level: base.LOG_LEVEL });
  const readiness = new Readiness();
  const closers: (() => unknown)[] = [];

  const protections = protectionsWithout(base.WITHOUT);
  if (!protections.has('deadlines')) leaveOutDeadlines();

  const app = await build({ config, log, version, readiness, protections, onClose: (close) => closers.unshift(close) });
  if (protections.has('admission')) admit(app, admission);
  let draining = false;
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
  await app.listen({ host: base.HOST, port: base.PORT });
  const admin = createAdminServer({ readiness, version, log });
  admin.listen(base.ADMIN_PORT, base.HOST);
  await once(admin, 'listening');
  log.info({ port: base.PORT, adminPort: base.ADMIN_PORT }, 'listening');

  closeWithGrace({ delay: CLOSE_MS, logger: log }, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'stopping after an error that nobody caught');
    else log.info({ signal }, 'draining');
    draining = true;
    readiness.drain();
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    await app.close();
    for (const close of closers) await close();
    admin.closeAllConnections();
    admin.close();
    log.info('stopped');
  });
}

function admit(app: App, { names, ...guard }: NonNullable<RunOptions<TObject>['admission']> = { names: [] }): void {
  const limiter = new Limiter({ names, loopWait: measureLoopWait() });
  observeLimiter(limiter);
  guardRequests(app, limiter, guard);
}

function readSettings<Schema extends TObject>(settings: Schema, env: NodeJS.ProcessEnv) {
  try {
    const all = loadConfig(Type.Object({ ...serviceEnv, ...settings.properties }), env);
    return { base: all as Static<TObject<typeof serviceEnv>>, config: all as unknown as Static<Schema> };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
