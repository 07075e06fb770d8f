import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../system/ports.ts';
import { until } from './testing.ts';

const main = new URL('main.ts', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
const stateFile = join(folder, 'state', 'ledger.jsonl');
const numbers = ['4000000000000002', '5555555555554444', '4242424242424242'];
let origin = '';
let output = '';
let child: ChildProcess;

const settings = () => ({
  PORT: new URL(origin).port,
  LOG_LEVEL: 'trace',
  STRIPE_SECRET_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  WEBHOOK_URL: 'http://127.0.0.1:1/api/payments/webhook',
  PUBLIC_ORIGIN: origin,
  SANDBOX_STATE_FILE: stateFile,
});

function start(env: Record<string, string> = settings()): ChildProcess {
  const started = spawn(process.execPath, [main], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return started;
}

async function started(): Promise<void> {
  for (const end = performance.now() + 25_000; performance.now() < end; ) {
    if (await fetch(`${origin}/livez`).then(({ ok }) => ok).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the sandbox did not start:\n${output}`);
}

async function stop(signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}

function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(fields);
  return fetch(origin + path, { method: 'POST', headers: { authorization: 'Bearer sk_test_1', ...headers }, body, redirect: 'manual' });
}

async function openSession(key: string) {
  const response = await post(
    '/v1/checkout/sessions',
    {
      mode: 'payment',
      'line_items[0][quantity]': '1',
      'line_items[0][price_data][currency]': 'gbp',
      'line_items[0][price_data][unit_amount]': '1250',
      'line_items[0][price_data][product_data][name]': 'Mug',
      success_url: 'http://127.0.0.1:8080/orders/1',
    },
    { 'idempotency-key': key },
  );
  return { response, id: ((await response.json()) as { id: string }).id };
}

const pay = (id: string, number: string) => post(`/pay/${id}`, { number, expiry: '12/40', cvc: '123' });
const ledger = async () => (await (await fetch(`${origin}/sandbox/ledger`)).json()) as { sessions: object[]; charges: object[]; events: { acknowledged: boolean }[]; calls: { outcome: string }[] };

beforeAll(async () => {
  origin = `http://127.0.0.1:${await freePort(`a sandbox of test ${process.pid}`)}`;
  child = start();
  await started();
});
afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) await stop('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('the sandbox process', () => {
  it('has forgotten nothing after kill -9, not even what it had yet to tell', async () => {
    const [paid, waiting] = [await openSession('key-1'), await openSession('key-2')];
    expect((await pay(paid.id, '4242424242424242')).status).toBe(303);
    const before = await ledger();
    await stop('SIGKILL');
    child = start();
    await started();
    const after = await ledger();
    expect([after.sessions, after.charges]).toEqual([before.sessions, before.charges]);
    expect(after.events).toMatchObject([{ acknowledged: false }]);
    const again = await openSession('key-1');
    expect([again.id, again.response.headers.get('idempotent-replayed')]).toEqual([paid.id, 'true']);
    expect((await pay(waiting.id, '4242424242424242')).status).toBe(303);
  });

  it('writes no card number to its log or its books', async () => {
    const { id } = await openSession('key-3');
    for (const number of numbers) await pay(id, number);
    const written = readFileSync(stateFile, 'utf8') + output + JSON.stringify(await ledger());
    for (const number of numbers) expect(written).not.toContain(number);
  });

  it('stops at SIGTERM, whoever is kept waiting', async () => {
    const headers = { authorization: 'Bearer sk_test_1', 'content-type': 'application/json' };
    const body = JSON.stringify({ route: 'GET /v1/payment_intents/:id', fault: { kind: 'silence', after: 'nothing' } });
    expect((await fetch(`${origin}/sandbox/faults`, { method: 'POST', headers, body })).status).toBe(204);
    const silent = fetch(`${origin}/v1/payment_intents/pi_1`, { headers }).catch((error: Error) => error.name);
    await until(async () => (await ledger()).calls.some(({ outcome }) => outcome === 'silence'));
    expect([await stop('SIGTERM'), await silent]).toEqual([0, 'TypeError']);
  });

  it('names every fault of its settings and does not start', async () => {
    output = '';
    child = start({ ...settings(), PORT: 'x', STRIPE_SECRET_KEY: 'sk_live_1', WEBHOOK_URL: '' });
    // At 'exit' its words may still be under way.
    expect(await once(child, 'close')).toEqual([2, null]);
    for (const name of ['PORT', 'STRIPE_SECRET_KEY', 'WEBHOOK_URL']) expect(output).toContain(name);
    expect(output).not.toContain('sk_live_1');
  });
});
