import { describe, expect, it } from '@jest/globals';
import { listener, open, sessionFields, until } from '../testing.ts';

const authorization = 'Bearer sk_test_1';
const get = (url: string) => fetch(url, { headers: { authorization }, signal: AbortSignal.timeout(60_000) });

describe('the control of the sandbox', () => {
  it('asks for the secret key', async () => {
    const { control } = await open();
    for (const [method, url] of [['PUT', '/behaviour'], ['DELETE', '/behaviour'], ['POST', '/faults']] as const) {
      expect((await control(method, url, undefined, 'Bearer sk_test_2')).statusCode).toBe(401);
    }
  });

  it.each([
    ['/behaviour', {}, 'seed'],
    ['/behaviour', { seed: 1 }, 'rates'],
    ['/behaviour', { seed: 1, rates: { slw: 1 } }, 'rates[slw]'],
    ['/behaviour', { seed: 1, rates: { slow: '1' } }, 'rates[slow]'],
    ['/behaviour', { seed: 1, rates: { slow: 1.1 } }, 'rates[slow]'],
    ['/behaviour', { seed: 1, rates: { slow: 0.6, silent: 0.5 } }, 'rates'],
    ['/behaviour', { seed: 1, rates: { webhookLate: 0.6, webhookNever: 0.5 } }, 'rates'],
    ['/behaviour', { seed: 1, rates: {}, slowMs: -1 }, 'slowMs'],
    ['/faults', { route: 'POST /v1/refunds', fault: { kind: 'sloth' } }, 'fault[kind]'],
    ['/faults', { route: 'POST /v1/refunds', fault: { kind: 'silence' } }, 'fault[after]'],
    ['/faults', { route: 'POST /v1/refunds', fault: { kind: 'lost-answer' }, times: 0 }, 'times'],
    ['/faults', { route: 'POST /v1/refunds', fault: { kind: 'declined' } }, 'fault[kind]'],
    ['/faults', { route: 'POST /pay/:id', fault: { kind: 'stored-error' } }, 'fault[kind]'],
    ['/faults', { route: 'POST /v1/charges', fault: { kind: 'lost-answer' } }, 'route'],
    ['/faults', { route: 'DELETE /sandbox/behaviour', fault: { kind: 'lost-answer' } }, 'route'],
  ])('refuses at %s %j and says where', async (url, body, param) => {
    const { control } = await open();
    const response = await control(url === '/faults' ? 'POST' : 'PUT', url, body);
    expect([response.statusCode, response.json().error.param]).toEqual([400, param]);
  });

  it('lets the next calls of one route suffer, and no others', async () => {
    const { control, post, get } = await open();
    expect((await control('POST', '/faults', { route: 'POST /v1/checkout/sessions', fault: { kind: 'answer', status: 429 }, times: 2 })).statusCode).toBe(204);
    expect((await get('/checkout/sessions/cs_test_none')).statusCode).toBe(404);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await post('/checkout/sessions', sessionFields())).statusCode);
    expect(statuses).toEqual([429, 429, 200]);
  });

  it('makes every call suffer at a rate of 1, until it is healed', async () => {
    const { control, post } = await open();
    const put = await control('PUT', '/behaviour', { seed: 7, rates: { error500: 1 } });
    expect([put.statusCode, put.json()]).toEqual([200, { seed: 7, rates: { error500: 1 }, slowMs: 3000, lateMs: 4000 }]);
    expect((await post('/checkout/sessions', sessionFields())).statusCode).toBe(500);
    await control('POST', '/faults', { route: 'POST /v1/checkout/sessions', fault: { kind: 'answer', status: 503 } });
    expect((await control('DELETE', '/behaviour')).statusCode).toBe(204);
    expect((await post('/checkout/sessions', sessionFields())).statusCode).toBe(200);
  });
});

describe('healing', () => {
  it('hangs up on who was kept waiting in silence, and answers who was kept waiting', async () => {
    const { control, listen, ledger } = await open();
    const origin = await listen();
    await control('POST', '/faults', { route: 'GET /v1/checkout/sessions/:id', fault: { kind: 'silence', after: 'nothing' } });
    await control('POST', '/faults', { route: 'GET /v1/payment_intents/:id', fault: { kind: 'slow', ms: 600_000 } });
    const silent = get(`${origin}/v1/checkout/sessions/cs_1`).catch((error: Error) => error.name);
    const slow = get(`${origin}/v1/payment_intents/pi_1`);
    await until(async () => (await ledger()).calls.some(({ outcome }: { outcome: string }) => outcome === 'silence'));
    await control('DELETE', '/behaviour');
    expect(await silent).toBe('TypeError');
    expect((await slow).status).toBe(404);
  });

  it('sends what was held back, and what waits to be repeated', async () => {
    const answers = [500];
    const { url, received } = await listener(() => answers.shift() ?? 200);
    const { control, post, pay } = await open({ webhookUrl: url });
    await control('PUT', '/behaviour', { seed: 1, rates: { webhookLate: 1 }, lateMs: 600_000 });
    await pay((await post('/checkout/sessions', sessionFields())).json().id);
    await control('DELETE', '/behaviour');
    await until(() => received.length === 2);
    expect(received[1]?.body).toBe(received[0]?.body);
  });

  it('tells nothing of what was never to be told', async () => {
    const { url, received } = await listener();
    const { control, post, pay, ledger } = await open({ webhookUrl: url });
    const opened = [(await post('/checkout/sessions', sessionFields())).json().id, (await post('/checkout/sessions', sessionFields())).json().id];
    await control('PUT', '/behaviour', { seed: 1, rates: { webhookNever: 1 } });
    await pay(opened[0]);
    await control('DELETE', '/behaviour');
    await pay(opened[1]);
    await until(() => received.length === 1);
    expect(JSON.parse(received[0]?.body ?? '').data.object.id).toBe(opened[1]);
    expect((await ledger()).events).toMatchObject([{ attempts: 0, acknowledged: false, ended: true }, { about: opened[1] }]);
  });
});

describe('closing', () => {
  it('does not wait for calls that are kept waiting', async () => {
    const { app, control, listen, post, ledger } = await open();
    const origin = await listen();
    const { id } = (await post('/checkout/sessions', sessionFields())).json();
    await control('POST', '/faults', { route: 'GET /v1/checkout/sessions/:id', fault: { kind: 'silence', after: 'nothing' } });
    await control('POST', '/faults', { route: 'GET /v1/checkout/sessions/:id', fault: { kind: 'silence', after: 'work' } });
    const calls = [1, 2].map(() => get(`${origin}/v1/checkout/sessions/${id}`).catch((error: Error) => error.name));
    await until(async () => (await ledger()).calls.find(({ outcome }: { outcome: string }) => outcome === 'silence')?.count === 2);
    await app.close();
    expect(await Promise.all(calls)).toEqual(['TypeError', 'TypeError']);
  });
});
