import { type Static, type TObject, Type } from 'typebox';
import { withoutEnv } from './protections.ts';
import { fieldErrors, fromText } from './validation.ts';

/** Every fault of a process's settings, found before anything is opened. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`Bad configuration:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

const port = Type.Integer({ minimum: 1, maximum: 65_535 });

/** What every process needs. */
export const serviceEnv = {
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: port,
  ADMIN_PORT: port,
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], { default: 'info' }),
  SERVICE_VERSION: Type.String({ default: 'dev' }),
  REPLICA: Type.String({ default: 'local' }),
  ...withoutEnv,
};

/** DATABASE_CONNECTIONS is the share of the whole service; REPLICAS says among how many processes it is divided. */
export const databaseEnv = {
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  DATABASE_CONNECTIONS: Type.Integer({ minimum: 1, maximum: 10_000 }),
  REPLICAS: Type.Integer({ minimum: 1, maximum: 1000 }),
};

export const redisEnv = { REDIS_URL: Type.String({ pattern: '^rediss?://' }) };

const KEY = '([0-9a-f]{2}){32,}';

/** The callers whose identities this process accepts: `gateway:<hex>,order:<hex>`. */
export const identityEnv = { IDENTITY_KEYS: Type.String({ pattern: `^[a-z]+:${KEY}(,[a-z]+:${KEY})*$` }) };

/** The key this process signs with, hex, at least 32 bytes. */
export const signingEnv = { IDENTITY_KEY: Type.String({ pattern: `^${KEY}$` }) };

const SECRET = /KEY|SECRET|PASSWORD|_URL$/;

/**
 * Reads settings by their schema. Text becomes numbers and booleans where the schema says so;
 * a value that does not convert is a fault, never the default. Secrets are not repeated in the message.
 * @throws ConfigError that names every fault at once
 */
export function loadConfig<T extends TObject>(schema: T, env: NodeJS.ProcessEnv): Static<T> {
  const known: Record<string, unknown> = {};
  for (const name of Object.keys(schema.properties)) {
    if (env[name] !== undefined && env[name] !== '') known[name] = env[name];
  }
  const config = { ...known };
  const validate = fromText.compile(schema);
  if (validate(config)) return config as Static<T>;
  const faults = new Map<string, string>();
  for (const { field: name, reason } of fieldErrors(validate.errors ?? [], 'settings')) {
    const given = known[name] === undefined ? '' : SECRET.test(name) ? ': the value given is not valid' : `, but is ${JSON.stringify(known[name])}`;
    if (!faults.has(name)) faults.set(name, `${name} ${reason}${given}`);
  }
  throw new ConfigError([...faults.values()]);
}
