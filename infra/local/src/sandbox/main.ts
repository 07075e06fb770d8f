import { ConfigError, createLog, loadConfig, serviceEnv } from '@emall/runtime';
import { Type } from 'typebox';
import { buildSandbox } from './app.ts';

const { HOST, PORT, LOG_LEVEL, SERVICE_VERSION, REPLICA } = serviceEnv;
const url = Type.String({ pattern: '^https?://' });
const settings = Type.Object({
  HOST,
  PORT,
  LOG_LEVEL,
  SERVICE_VERSION,
  REPLICA,
  STRIPE_SECRET_KEY: Type.String({ pattern: '^(sk|rk)_test_' }),
  STRIPE_WEBHOOK_SECRET: Type.String({ pattern: '^whsec_' }),
  WEBHOOK_URL: url,
  PUBLIC_ORIGIN: url,
  SANDBOX_STATE_FILE: Type.Optional(Type.String()),
});

const config = readSettings();
const log = createLog({ service: 'sandbox', replica: config.REPLICA, version: config.SERVICE_VERSION, level: config.LOG_LEVEL });
const stateFile = config.SANDBOX_STATE_FILE;
const app = await buildSandbox({
  secretKey: config.STRIPE_SECRET_KEY,
  webhookSecret: config.STRIPE_WEBHOOK_SECRET,
  webhookUrl: config.WEBHOOK_URL,
  publicOrigin: config.PUBLIC_ORIGIN,
  ...(stateFile !== undefined && { stateFile }),
  log,
});
await app.listen({ host: config.HOST, port: config.PORT });
log.info({ port: config.PORT }, 'listening');

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => void app.close());

function readSettings() {
  try {
    return loadConfig(settings, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
