import { describe, expect, it } from '@jest/globals';
import { open, sessionFields } from './testing.ts';

describe("the part of Stripe's API", () => {
  it('opens a session with the total of its lines', async () => {
    const { post, get } = await open();
    const session = (await post('/checkout/sessions', sessionFields())).json();
    expect(session).toMatchObject({ object: 'checkout.session', status: 'open', payment_status: 'unpaid', amount_total: 2500, currency: 'gbp', metadata: { order: 'o1' } });
    expect(session.id).toMatch(/^cs_test_[0-9A-Za-z]{58}$/);
    expect(session.url).toBe(`http://localhost:9/pay/${session.id}`);
    expect((await get(`/checkout/sessions/${session.id}`)).json()).toEqual(session);
  });

  it('asks for the secret key', async () => {
    const { post } = await open();
    for (const authorization of ['', 'Bearer sk_test_2', 'sk_test_1']) {
      const response = await post('/checkout/sessions', sessionFields(), { authorization });
      expect([response.statusCode, response.json().error.type]).toEqual([401, 'invalid_request_error']);
    }
  });

  it.each([
    [{ colour: 'red' }, { code: 'parameter_unknown', param: 'colour' }],
    [{ 'line_items[0][price_data][tax]': '1' }, { code: 'parameter_unknown', param: 'line_items[0][price_data][tax]' }],
    [{ 'line_items[0][quantity]': '-1' }, { param: 'line_items[0][quantity]' }],
    [{ 'line_items[0][price_data][unit_amount]': '1.5' }, { param: 'line_items[0][price_data][unit_amount]' }],
    [{ 'line_items[0][price_data][unit_amount]': '1' }, { code: 'amount_too_small' }],
    [{ expires_at: '1' }, { param: 'expires_at' }],
    [{ success_url: 'javascript:alert(1)' }, { param: 'success_url' }],
  ])('refuses %j as Stripe does', async (over, error) => {
    const { post, ledger } = await open();
    const response = await post('/checkout/sessions', sessionFields(over));
    expect(response.statusCode).toBe(400);
    expect(response.json().error).toMatchObject({ type: 'invalid_request_error', ...error });
    expect((await ledger()).sessions).toEqual([]);
  });

  it('does the work of an idempotency key once, and refuses it for another request', async () => {
    const { post, ledger } = await open();
    const key = { 'idempotency-key': 'order-1' };
    const first = await post('/checkout/sessions', sessionFields(), key);
    const again = await post('/checkout/sessions', sessionFields(), key);
    expect(again.json()).toEqual(first.json());
    expect(again.headers['idempotent-replayed']).toBe('true');
    const other = await post('/checkout/sessions', sessionFields({ 'line_items[0][quantity]': '3' }), key);
    expect([other.statusCode, other.json().error.type]).toEqual([400, 'idempotency_error']);
    expect((await ledger()).sessions).toHaveLength(1);
  });

  it('survives bodies that cannot be read', async () => {
    const { app } = await open();
    for (const body of ['a[__proto__][b]=1', 'a[b=1', 'a=1&a[b]=2', 'a=1&a=2', `${'a[b]'.repeat(20)}=1`, Array.from({ length: 1001 }, (_, i) => `f${i}=1`).join('&')]) {
      const response = await app.inject({ method: 'POST', url: '/v1/checkout/sessions', headers: { authorization: 'Bearer sk_test_1', 'content-type': 'application/x-www-form-urlencoded' }, body });
      expect(response.statusCode).toBe(400);
    }
  });

  it('answers 404 for what it does not know', async () => {
    const { get } = await open();
    expect((await get('/checkout/sessions/cs_test_x')).json().error).toMatchObject({ code: 'resource_missing' });
    expect((await get('/customers')).statusCode).toBe(404);
  });
});

describe('a session', () => {
  const opened = async () => {
    const sandbox = await open();
    const { id } = (await sandbox.post('/checkout/sessions', sessionFields())).json();
    return { ...sandbox, id: id as string };
  };

  it('is paid once, however often the button is pressed', async () => {
    const { id, pay, get, ledger } = await opened();
    const answers = await Promise.all([pay(id), pay(id), pay(id)]);
    for (const answer of answers) expect([answer.statusCode, answer.headers.location]).toEqual([303, 'http://127.0.0.1:8080/orders/o1?key=k']);
    const { charges } = await ledger();
    expect(charges).toMatchObject([{ amount: 2500, status: 'succeeded', card: { brand: 'visa', last4: '4242' } }]);
    const session = (await get(`/checkout/sessions/${id}`)).json();
    expect(session).toMatchObject({ status: 'complete', payment_status: 'paid', url: null });
    expect((await get(`/payment_intents/${session.payment_intent}`)).json()).toMatchObject({ status: 'succeeded', amount_received: 2500 });
  });

  it('stays open after a refused card, and can be paid with another', async () => {
    const { app, id, pay, get, ledger } = await opened();
    for (const [card, reason] of [[{ number: '4000000000000002', quick: '1' }, 'declined'], [{ number: '4000 0000 0000 9995', expiry: '1/40', cvc: '1234' }, 'not enough money']] as const) {
      const { statusCode, headers } = await pay(id, card);
      expect([statusCode, headers.location]).toEqual([303, `/pay/${id}`]);
      expect((await app.inject({ url: `/pay/${id}` })).body).toContain(reason);
    }
    expect((await get(`/checkout/sessions/${id}`)).json().status).toBe('open');
    expect((await pay(id)).statusCode).toBe(303);
    const { charges, intents } = await ledger();
    expect(charges.map(({ failure }: { failure: string | null }) => failure)).toEqual(['card_declined', 'insufficient_funds', null]);
    expect(intents).toHaveLength(1);
  });

  it('that was expired cannot be paid, and one that was paid cannot be expired', async () => {
    const { id, post, pay } = await opened();
    expect((await post(`/checkout/sessions/${id}/expire`)).json()).toMatchObject({ status: 'expired', url: null });
    expect((await pay(id)).statusCode).toBe(410);
    expect((await post(`/checkout/sessions/${id}/expire`)).statusCode).toBe(400);
    const second = (await post('/checkout/sessions', sessionFields())).json();
    await pay(second.id);
    expect((await post(`/checkout/sessions/${second.id}/expire`)).json().error.message).toContain('status of complete');
  });

  it('gives back at most what it took', async () => {
    const { id, post, get, pay } = await opened();
    await pay(id);
    const { payment_intent: intent } = (await get(`/checkout/sessions/${id}`)).json();
    expect((await post('/refunds', { payment_intent: intent, amount: '1000' })).json()).toMatchObject({ object: 'refund', amount: 1000, status: 'succeeded' });
    expect((await post('/refunds', { payment_intent: intent, amount: '1501' })).statusCode).toBe(400);
    expect((await post('/refunds', { payment_intent: intent })).json().amount).toBe(1500);
    expect((await post('/refunds', { payment_intent: intent })).json().error.code).toBe('charge_already_refunded');
    expect((await post('/refunds', { payment_intent: 'pi_none' })).statusCode).toBe(404);
  });
});

describe('the list of refunds', () => {
  it('is of one payment, newest first, and comes in pages', async () => {
    const { post, get, pay } = await open();
    const payment = async () => {
      const { id } = (await post('/checkout/sessions', sessionFields())).json();
      await pay(id);
      return (await get(`/checkout/sessions/${id}`)).json().payment_intent as string;
    };
    const [intent, other] = [await payment(), await payment()];
    const refund = async (of: string, amount: string) => (await post('/refunds', { payment_intent: of, amount, 'metadata[refund]': `r${amount}` })).json();
    const refunds = [await refund(intent, '100'), await refund(intent, '200'), await refund(intent, '300')];
    await refund(other, '400');
    const list = async (query: string) => (await get(`/refunds?${query}`)).json();
    expect(await list(`payment_intent=${intent}`)).toEqual({ object: 'list', url: '/v1/refunds', has_more: false, data: refunds.toReversed() });
    const first = await list(`payment_intent=${intent}&limit=2`);
    expect([first.has_more, first.data]).toEqual([true, [refunds[2], refunds[1]]]);
    expect(await list(`payment_intent=${intent}&limit=2&starting_after=${refunds[1].id}`)).toMatchObject({ has_more: false, data: [refunds[0]] });
    expect((await list('')).data).toHaveLength(4);
  });

  it.each([['limit=0', 'limit'], ['limit=101', 'limit'], ['limit=1&limit=2', 'limit'], ['status=failed', 'status'], ['starting_after=re_none', 'starting_after']])('refuses ?%s', async (query, param) => {
    const response = await (await open()).get(`/refunds?${query}`);
    expect([response.statusCode >= 400 && response.statusCode < 500, response.json().error.param]).toEqual([true, param]);
  });
});

describe('the books', () => {
  it('tell what was taken and given back for an order', async () => {
    const { post, get, pay, ledger } = await open();
    const { id } = (await post('/checkout/sessions', sessionFields({ client_reference_id: 'o2' }))).json();
    await pay(id, { number: '4000000000000002', quick: '1' });
    await pay(id);
    await post('/refunds', { payment_intent: (await get(`/checkout/sessions/${id}`)).json().payment_intent, amount: '1000' });
    const { sessions, intents, charges, refunds, events } = await ledger();
    for (const records of [sessions, intents, charges, refunds, events]) for (const record of records) expect(record.order).toBe('o2');
    expect(charges.map(({ status, amount }: Record<string, unknown>) => `${status} ${amount}`)).toEqual(['failed 2500', 'succeeded 2500']);
    expect(refunds).toMatchObject([{ amount: 1000 }]);
  });

  it('leave out what is older than asked for, and count calls whatever is asked', async () => {
    const { app, post } = await open();
    const { created } = (await post('/checkout/sessions', sessionFields())).json();
    const since = async (seconds: number) => (await app.inject(`/sandbox/ledger?since=${seconds}`)).json();
    expect([(await since(created)).sessions.length, (await since(created + 1)).sessions.length]).toEqual([1, 0]);
    expect((await since(created + 1)).calls).toEqual([{ route: 'POST /v1/checkout/sessions', outcome: '200', count: 1 }]);
    for (const wrong of ['yesterday', '-1', '1&since=2']) expect((await app.inject(`/sandbox/ledger?since=${wrong}`)).statusCode).toBe(400);
  });
});

describe('the payment page', () => {
  it('shows what is paid for, escaped, and works without script', async () => {
    const { app, post } = await open();
    const { id } = (await post('/checkout/sessions', sessionFields())).json();
    const page = await app.inject(`/pay/${id}`);
    expect(page.body).toContain('£25.00');
    expect(page.body).toContain('&#60;b&#62;Mug');
    expect(page.body).not.toMatch(/<script|style=|<b>Mug/);
    expect(page.headers['content-security-policy']).toBe("default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:8080; base-uri 'none'; frame-ancestors 'none'");
    expect((await app.inject('/pay/styles.css')).headers['content-type']).toContain('text/css');
  });

  it('says which field is wrong beside it, and never repeats what was typed', async () => {
    const { post, pay } = await open();
    const { id } = (await post('/checkout/sessions', sessionFields())).json();
    const page = await pay(id, { number: '4111111111111111', expiry: '1/20', cvc: 'x' });
    expect(page.statusCode).toBe(422);
    expect(page.body).toContain('Only the test cards');
    expect(page.body).toContain('This date is in the past');
    expect(page.body).toMatch(/aria-invalid="true" aria-describedby="cvc-error"/);
    expect(page.body).not.toContain('4111111111111111');
  });

  it('answers 404 as a page', async () => {
    const { app } = await open();
    const page = await app.inject('/pay/cs_test_none');
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  });
});
