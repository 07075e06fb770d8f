import { silentLog } from '@emall/runtime';
import { describe, expect, it } from '@jest/globals';
import { sign } from '../../../../infra/local/src/sandbox/webhooks.ts';
import { createStripe } from './stripe.ts';

const MINUTE_MS = 60_000;
const webhookSecret = 'whsec_secret';
const { readEvent } = createStripe({ secretKey: 'sk_test_secret', webhookSecret, log: silentLog });
const body = Buffer.from(JSON.stringify({ id: 'evt_1', object: 'event', type: 'charge.updated', data: { object: { id: 'ch_1' } } }));
const read = (signedAt: number, now: number) => readEvent(body, sign(body.toString(), webhookSecret, Math.floor(signedAt / 1000)), async () => now);

/** The clock of this process is right in all of these, and counts in none. */
describe('the age of a webhook', () => {
  const shared = Date.now() + 10 * MINUTE_MS;

  it('is taken from the clock that all replicas share', async () => {
    await expect(read(shared, shared)).resolves.toMatchObject({ id: 'evt_1' });
  });

  it('is too great after five minutes by that clock, whatever the own one says', async () => {
    await expect(read(Date.now(), shared)).rejects.toMatchObject({ code: 'invalid-signature' });
  });
});
