import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePorts } from '../../local/src/system/ports.ts';

const SERVICE = `
import { Type } from 'typebox';
import { runService } from './run.ts';
import { createService } from './service.ts';
await runService({ name: 'test', env: process.env, settings: Type.Object({ SLOW_MS: Type.Integer() }), build: async ({ config, log, version, onClose }) => {
  const app = await createService({ name: 'test', version, log });
  await app.register(async (routes) => {
    routes.get('/fast', async () => ({}));
    routes.get('/time', async ({ deadline }) => ({ ms: deadline.remaining() }));
    routes.get('/slow', async () => new Promise((resolve) => setTimeout(() => resolve({}), config.SLOW_MS)));
    routes.get('/break', async () => void setTimeout(() => { throw new Error('nobody catches this'); }));
  });
  for (const name of ['first', 'second']) onClose(() => log.info('closed ' + name));
  return app;
} });`;

let service: ChildProcess;
let said = '';

afterEach(() => void service.kill('SIGKILL'));

function start(env: Record<string, string>): void {
  service = spawn(process.execPath, ['--input-type=module', '-e', SERVICE], { cwd: import.meta.dirname, env, stdio: ['ignore', 'pipe', 'pipe'] });
  said = '';
  for (const stream of [service.stdout, service.stderr]) stream?.on('data', (bytes: Buffer) => (said += bytes.toString()));
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) {
    if (service.exitCode !== null) throw new Error(`it ended early:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function open(slowMs: number, env: Record<string, string> = {}) {
  const [port = 0, adminPort = 0] = await freePorts(2, `a service of test ${process.pid}`);
  start({ PORT: String(port), ADMIN_PORT: String(adminPort), SLOW_MS: String(slowMs), ...env });
  await until(() => said.includes('"adminPort"'));
  const agent = new Agent({ keepAlive: true });
  const ask = (path: string, of = port) =>
    new Promise<string>((resolve) => {
      get({ port: of, path, agent }, (response) => resolve(`${response.resume().statusCode} ${response.headers.connection}`)).on('error', (error) => resolve(String(error)));
    });
  const read = async (path: string, of = port) => (await fetch(`http://127.0.0.1:${of}${path}`)).text();
  return { ask, read, adminPort, isReady: () => ask('/readyz', adminPort) };
}

describe('a signal', () => {
  it('lets calls under way and those that still arrive be answered, on connections that then close', async () => {
    const { ask, isReady } = await open(1500);
    expect([await ask('/fast'), await isReady()]).toEqual(['200 keep-alive', '200 keep-alive']);
    const slow = ask('/slow');
    await ask('/fast');
    service.kill('SIGTERM');
    await until(() => said.includes('"draining"'));
    expect([await ask('/fast'), await isReady()]).toEqual(['200 close', '503 keep-alive']);
    expect(await slow).toBe('200 close');
    expect(await once(service, 'close')).toEqual([0, null]);
    expect(said).toMatch(/closed second[^]*closed first[^]*stopped/);
  });
});

describe('what can be left out', () => {
  it.each([
    ['', true, 10_000],
    ['admission,deadlines', false, 60_000],
  ])('WITHOUT=%s: admission %p, at most %i ms', async (without, admits, most) => {
    const { read, adminPort } = await open(0, { WITHOUT: without });
    const { ms } = JSON.parse(await read('/time')) as { ms: number };
    expect(ms).toBeLessThanOrEqual(most);
    expect(ms).toBeGreaterThan(most - 8000);
    expect((await read('/metrics', adminPort)).includes('emall_admission_limit{emall_worth="0"')).toBe(admits);
  });
});

describe('an error that nobody catches', () => {
  it('is said, and ends the process after the calls under way', async () => {
    const { ask } = await open(1500);
    const slow = ask('/slow');
    await ask('/break');
    expect(await slow).toBe('200 close');
    expect(await once(service, 'close')).toEqual([1, null]);
    expect(said).toMatch(/nobody catches this[^]*closed first/);
  });
});

describe('bad settings', () => {
  it('are all named before the process ends, which has not listened', async () => {
    start({ PORT: '80x' });
    expect(await once(service, 'close')).toEqual([2, null]);
    for (const fault of ['PORT must be integer', 'ADMIN_PORT is missing', 'SLOW_MS is missing']) expect(said).toContain(fault);
  });
});
