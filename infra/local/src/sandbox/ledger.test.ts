import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@emall/runtime';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Behaviour, wellBehaved } from './behaviour.ts';
import { testCards } from './cards.ts';
import { Ledger, nowSeconds } from './ledger.ts';
import { Provider } from './provider.ts';
import { Webhooks } from './webhooks.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  path = join(folder, 'ledger.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The provider on the books as they lie on the disk. */
function open(behaviour: Behaviour = wellBehaved) {
  const ledger = new Ledger(path);
  const webhooks = new Webhooks({ ledger, url: 'http://127.0.0.1:1/', secret: 'whsec_1', behaviour, log: silentLog });
  const provider = new Provider({ ledger, webhooks, origin: 'http://localhost:9' });
  const close = () => {
    webhooks.stop();
    ledger.close();
  };
  return { ledger, provider, close };
}

type Opened = ReturnType<typeof open>;

/** Everything that a kill at any byte of what `act` writes leaves behind. */
function afterEachKill(act: (opened: Opened) => void, look: (opened: Opened) => void): void {
  const first = open();
  const before = readFileSync(path).length;
  act(first);
  first.close();
  const whole = readFileSync(path);
  const sizes = Array.from({ length: Math.ceil((whole.length - before) / 7) }, (_, i) => before + 7 * i);
  for (const size of [...sizes, whole.length]) {
    writeFileSync(path, whole);
    truncateSync(path, size);
    const opened = open();
    look(opened);
    opened.close();
  }
}

function openSession({ provider }: Opened): string {
  const price_data = { currency: 'gbp', unit_amount: '1250', product_data: { name: 'Mug' } };
  return provider.openSession({ mode: 'payment', line_items: { 0: { quantity: '1', price_data } }, success_url: 'http://127.0.0.1:8080/' }).id;
}

const [card] = testCards;
if (!card) throw new Error('no card pays');

describe('the books after kill -9', () => {
  it('hold a payment with its charge, its session and its event, or nothing of it', () => {
    const opened = open();
    const id = openSession(opened);
    opened.close();
    const paid = new Set<boolean>();
    afterEachKill(({ provider }) => provider.pay(id, card), ({ ledger, provider }) => {
      const complete = provider.session(id).status === 'complete';
      paid.add(complete);
      const each = complete ? 1 : 0;
      expect([ledger.all('charge').length, ledger.all('intent').length, ledger.all('event').length]).toEqual([each, each, each]);
    });
    expect(paid).toEqual(new Set([false, true]));
  });

  it('give money back once to whoever asks again', () => {
    const opened = open();
    const id = openSession(opened);
    const intent = opened.provider.pay(id, card).intent ?? '';
    opened.close();
    afterEachKill(({ provider }) => provider.refund({ payment_intent: intent }), ({ ledger, provider }) => {
      if (ledger.all('refund').length === 0) provider.refund({ payment_intent: intent });
      expect(() => provider.refund({ payment_intent: intent })).toThrow('already been refunded');
      expect(ledger.all('refund')).toHaveLength(1);
    });
  });
});

describe('the books after a start', () => {
  it('keep what is to be told and drop what is not', () => {
    const never = open({ ...wellBehaved, onEvent: () => [] });
    never.provider.pay(openSession(never), card);
    never.close();
    const always = open();
    for (let i = 0; i < 2; i++) always.provider.pay(openSession(always), card);
    const [untold, acknowledged, waiting] = always.ledger.all('event').map(({ id }) => id);
    always.ledger.delivered(acknowledged ?? '', true);
    always.close();
    const { ledger, close } = open();
    close();
    expect(ledger.all('event').filter(({ payload }) => payload !== undefined).map(({ id }) => id)).toEqual([waiting]);
    expect([untold, acknowledged].map((id) => ledger.delivery(id ?? ''))).toMatchObject([{ attempts: 0, ended: true }, { attempts: 1, acknowledged: true }]);
    expect(readFileSync(path, 'utf8').match(/"payload"/g)).toHaveLength(1);
  });

  it('forget keys that are older than a day', () => {
    const { ledger, close } = open();
    for (const [id, age] of [['old', 86_401], ['young', 86_000]] as const) ledger.put('key', { id, created: nowSeconds() - age, fingerprint: '', status: 200, body: {} });
    close();
    const again = open();
    again.close();
    expect(again.ledger.all('key').map(({ id }) => id)).toEqual(['young']);
    expect(readFileSync(path, 'utf8')).not.toContain('"old"');
  });

  it('go on counting calls', () => {
    for (let i = 0; i < 2; i++) {
      const { ledger, close } = open();
      ledger.count('POST /v1/refunds', '200');
      close();
    }
    const { ledger, close } = open();
    close();
    expect(ledger.all('calls')).toMatchObject([{ route: 'POST /v1/refunds', outcome: '200', count: 2 }]);
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('are whole when the file is longer than what is read of it at once, and its last line is cut short', () => {
    const first = open();
    // Of three bytes each, so that the end of a piece falls between the bytes of some.
    const ids = Array.from({ length: 300 }, (_, i) => `${i}-${'€'.repeat(5000 + i)}`);
    for (const id of ids) first.ledger.put('key', { id, created: nowSeconds(), fingerprint: '', status: 200, body: {} });
    first.close();
    appendFileSync(path, '[{"kind":"key","record":{"id":"cut');
    const again = open();
    again.close();
    expect(again.ledger.all('key').map(({ id }) => id)).toEqual(ids);
  });
});
