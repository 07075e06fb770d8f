import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { ConfigError, databaseEnv, loadConfig, serviceEnv, signingEnv } from './config.ts';

const schema = Type.Object({ ...serviceEnv, ...databaseEnv, ...signingEnv });
const good = {
  PORT: '3000',
  ADMIN_PORT: '3001',
  DATABASE_URL: 'postgres://u:p@127.0.0.1/db',
  DATABASE_CONNECTIONS: '20',
  REPLICAS: '2',
  IDENTITY_KEY: 'ab'.repeat(32),
};

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('reads numbers from text and fills in defaults', () => {
    expect(loadConfig(schema, good)).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', LOG_LEVEL: 'info', DATABASE_CONNECTIONS: 20 });
  });

  it('names every fault at once', () => {
    const faults = faultsOf({ ...good, PORT: undefined, REPLICAS: '0', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x' });
    expect(faults.map((fault) => fault.split(' ')[0]).toSorted()).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'PORT', 'REPLICAS']);
  });

  it.each(['12x', 'abc', '1.5', '-1', '70000'])('refuses %s as a port instead of falling back to a default', (PORT) => {
    expect(faultsOf({ ...good, PORT })).toHaveLength(1);
  });

  it('takes an empty value as not set', () => {
    expect(faultsOf({ ...good, PORT: '' })[0]).toContain('PORT is missing');
  });

  it('refuses a key of half a byte more, which would be cut off', () => {
    expect(faultsOf({ ...good, IDENTITY_KEY: 'a'.repeat(65) })).toHaveLength(1);
  });

  it('does not repeat a secret in its message', () => {
    const [fault] = faultsOf({ ...good, IDENTITY_KEY: 'hunter2' });
    expect(fault).toContain('IDENTITY_KEY');
    expect(fault).not.toContain('hunter2');
  });
});
