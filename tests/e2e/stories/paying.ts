import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Device } from '../browser.ts';
import { fillIn, payWith, SLOW_MS, type World } from './world.ts';

const desktop: Device = { width: 1440, javaScript: true };

/** What a shopper is told while the payment provider is slow, silent, or has not told us yet. */
export function paying(world: World): void {
  /** Asks the sandbox to be another provider than usual. */
  async function provider(method: string, path: string, body?: object): Promise<void> {
    const { stripe } = JSON.parse(readFileSync(join(world.shop.home, 'secrets.json'), 'utf8')) as { stripe: { secretKey: string } };
    const response = await fetch(new URL(path, world.shop.topology().sandbox?.url), {
      method,
      headers: { authorization: `Bearer ${stripe.secretKey}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${await response.text()}`);
  }

  async function pressPay(page: Page): Promise<void> {
    const { slug } = await world.someProduct();
    await world.addToCart(page, slug, desktop);
    await world.open(page, '/checkout');
    await fillIn(page);
    await page.getByRole('button', { name: /^Pay £/ }).click();
  }

  describe('a payment provider', () => {
    it('that is silent when its page should open loses nobody their order: the same button opens it later', async () => {
      const page = await world.visit(desktop);
      await provider('PUT', '/sandbox/behaviour', { seed: 1, rates: { silent: 1 } });
      try {
        await pressPay(page);
        await page.getByRole('heading', { level: 1, name: 'Your order is not confirmed yet' }).waitFor();
        expect(await world.look(page, desktop)).toEqual([]);
        await page.getByText('The button itself charges nothing').waitFor();
      } finally {
        await provider('DELETE', '/sandbox/behaviour');
      }
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.waitForURL(`${world.sandbox}/**`);
      await world.open(page, '/orders');
      expect(await page.getByRole('link', { name: /^EM-/ }).count()).toBe(1);
      // What it saw was the answer of somebody who waits; nothing else may have been one.
      expect((await world.leave()).filter((fault) => !fault.startsWith('503 from '))).toEqual([]);
    }, SLOW_MS);

    it('that says nothing after the payment is waited for, and the page tells once it knows', async () => {
      const page = await world.visit(desktop);
      await pressPay(page);
      await page.waitForURL(`${world.sandbox}/**`);
      await provider('PUT', '/sandbox/behaviour', { seed: 1, rates: { webhookNever: 1 } });
      await provider('POST', '/sandbox/faults', { route: 'GET /v1/checkout/sessions/:id', fault: { kind: 'silence', after: 'nothing' }, times: 50 });
      try {
        await payWith(page, '4242 4242 4242 4242');
        await page.getByRole('heading', { level: 1, name: 'We are confirming your payment' }).waitFor();
        expect(await world.look(page, desktop)).toEqual([]);
      } finally {
        await provider('DELETE', '/sandbox/behaviour');
      }
      await page.getByRole('heading', { level: 1, name: /thank you/i }).waitFor();
    }, SLOW_MS);
  });
}
