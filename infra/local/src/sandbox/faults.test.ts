import { describe, expect, it } from '@jest/globals';
import type { CallFault } from './behaviour.ts';
import { open, sessionFields, until } from './testing.ts';

/** The sandbox on a port, whose next call of a route suffers. */
async function suffering(fault: CallFault, route = 'POST /v1/checkout/sessions') {
  const sandbox = await open();
  const origin = await sandbox.listen();
  await sandbox.control('POST', '/faults', { route, fault });
  const send = (key = 'order-1') =>
    fetch(`${origin}/v1/checkout/sessions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_1', 'idempotency-key': key },
      body: new URLSearchParams(sessionFields()),
    });
  const outcomes = async () => (await sandbox.ledger()).calls.map(({ route, outcome, count }: Record<string, unknown>) => `${route} ${outcome} ${count}`);
  return { ...sandbox, send, outcomes };
}

const failed = (error: Error) => error.name;

describe('a call', () => {
  it.each([429, 500, 503])('that is answered %i has done nothing, and may be repeated', async (status) => {
    const { send, outcomes, ledger } = await suffering({ kind: 'answer', status });
    expect((await send()).status).toBe(status);
    expect((await ledger()).sessions).toEqual([]);
    expect((await send()).status).toBe(200);
    expect(await outcomes()).toEqual([`POST /v1/checkout/sessions ${status} 1`, 'POST /v1/checkout/sessions 200 1']);
  });

  it('whose answer is lost has done its work, and a repeat is told of it', async () => {
    const { send, outcomes, ledger } = await suffering({ kind: 'lost-answer' });
    expect(await send().catch(failed)).toBe('TypeError');
    const [session] = (await ledger()).sessions;
    const again = await send();
    expect([((await again.json()) as { id: string }).id, again.headers.get('idempotent-replayed')]).toEqual([session.id, 'true']);
    expect(await outcomes()).toEqual(['POST /v1/checkout/sessions lost-answer 1', 'POST /v1/checkout/sessions 200 1']);
  });

  it.each([['nothing', 0], ['work', 1]] as const)('that is met with silence after %s leaves %i sessions', async (after, left) => {
    const { send, outcomes, ledger, control } = await suffering({ kind: 'silence', after });
    const silent = send().catch(failed);
    await until(async () => (await outcomes()).includes('POST /v1/checkout/sessions silence 1'));
    expect((await ledger()).sessions).toHaveLength(left);
    await control('DELETE', '/behaviour');
    expect(await silent).toBe('TypeError');
    expect((await send()).status).toBe(200);
    expect((await ledger()).sessions).toHaveLength(1);
  });

  it('that is slow is answered after its time', async () => {
    const { send } = await suffering({ kind: 'slow', ms: 300 });
    const start = performance.now();
    expect((await send()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(290);
  });

  it('that fails for good does nothing, and fails for every repeat with its key alone', async () => {
    const { send, ledger } = await suffering({ kind: 'stored-error' });
    const answers = [await send(), await send()];
    expect(answers.map(({ status, headers }) => [status, headers.get('idempotent-replayed')])).toEqual([[500, null], [500, 'true']]);
    expect(await answers[1]?.json()).toEqual(await answers[0]?.json());
    expect((await ledger()).sessions).toEqual([]);
    expect((await send('order-2')).status).toBe(200);
  });

  it('that only reads fails for once, without a key to keep it under', async () => {
    const { get } = await suffering({ kind: 'stored-error' }, 'GET /v1/payment_intents/:id');
    expect([(await get('/payment_intents/pi_1')).statusCode, (await get('/payment_intents/pi_1')).statusCode]).toEqual([500, 404]);
  });
});

describe('the payment page', () => {
  it('declines a card that pays, and takes it the next time', async () => {
    const { post, pay, ledger } = await suffering({ kind: 'declined' }, 'POST /pay/:id');
    const { id } = (await post('/checkout/sessions', sessionFields())).json();
    for (const location of [`/pay/${id}`, 'http://127.0.0.1:8080/orders/o1?key=k']) expect((await pay(id)).headers.location).toBe(location);
    expect((await ledger()).charges).toMatchObject([{ status: 'failed', failure: 'card_declined' }, { status: 'succeeded' }]);
  });

  it('says nothing was taken when it fails before the work', async () => {
    const { post, pay, ledger } = await suffering({ kind: 'answer', status: 500 }, 'POST /pay/:id');
    const page = await pay((await post('/checkout/sessions', sessionFields())).json().id);
    expect([page.statusCode, page.headers['content-type']]).toEqual([500, 'text/html; charset=utf-8']);
    expect((await ledger()).charges).toEqual([]);
  });
});
