import { describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';
import { orderRequestSchema } from '../checkout/schema.ts';
import type { Order } from '../orders/queries.ts';
import { orderBody } from '../testing/shop.ts';
import { confirmationOf } from './confirmation.ts';

const id = '6f0d8f1e-2222-8222-8222-9a4f8a1b2c3d';
const link = `https://shop.example/orders/${id}?key=secret`;
const line = { sku: 'mug', name: 'A mug', options: { size: 'M', colour: 'Blue' }, picture: null, tint: null, price: 1250, quantity: 2 };

/** Of an order, what its confirmation tells. */
function order(over: Partial<Order> = {}): Order {
  return {
    id,
    email: 'ada@example.com',
    address: { name: 'Ada Lovelace', line1: '12 St James’s Square', city: 'London', postcode: 'SW1Y 4JH', country: 'GB' },
    shipping_method: 'standard',
    payment_method: 'on_delivery',
    currency: 'GBP',
    items: 2500,
    shipping: 395,
    tax: 483,
    total: 2895,
    lines: [line],
    ...over,
  } as Order;
}

describe('the confirmation of an order', () => {
  it('tells in both its parts what was ordered, what it costs, how it is paid, where it goes and how to find it again', () => {
    const mail = confirmationOf(order(), link);
    expect([mail.id, mail.to, mail.subject]).toEqual([id, 'ada@example.com', 'Your order EM-DW6R-Y7H2 is placed']);
    for (const part of [mail.text, mail.html]) {
      for (const text of ['EM-DW6R-Y7H2', '2 × A mug, M, Blue', '£25.00', 'Standard delivery', '£3.95', '£28.95', 'VAT included in it', '£4.83', 'You pay £28.95 when the parcel arrives', 'Ada Lovelace', '12 St James’s Square', 'London SW1Y 4JH', 'United Kingdom', link]) {
        expect(part).toContain(text);
      }
    }
  });

  it('says of an order by card that it is paid, and of delivery that it is free', () => {
    const { text } = confirmationOf(order({ payment_method: 'card', shipping_method: 'express', shipping: 0 }), link);
    expect(text).toContain('Express delivery: Free');
    expect(text).toContain('Paid by card.');
  });

  it('writes amounts in the units of their currency', () => {
    expect(confirmationOf(order({ currency: 'JPY' }), link).text).toContain('Total: JP¥2,895');
  });

  it('shows names in any script, and markup in them as text', () => {
    const name = '<b>Zoë & "日本" O’Neil</b>';
    const { text, html } = confirmationOf(order({ lines: [{ ...line, name }], address: { ...order().address, name } }), link);
    expect(text).toContain(`2 × ${name}, M`);
    expect(html).toContain('&lt;b&gt;Zoë &amp; &quot;日本&quot; O’Neil&lt;/b&gt;');
    expect(html).not.toContain('<b>');
  });

  it('lets no name pretend to be a line of ours', () => {
    const { text } = confirmationOf(order({ lines: [{ ...line, name: 'A mug\r\n\r\nYour order\u2028was cancelled' }] }), link);
    expect(text).toContain('  2 × A mug Your order was cancelled, M, Blue: £25.00');
  });
});

describe('what the checkout takes', () => {
  const hostile = ['ada@example.com\r\nBcc: all@example.com', 'ada@example.com\nBcc: x@y.example', 'ada@example.com, eve@example.com', '<eve@example.com>', 'Eve <eve@example.com>', 'ada@example.com;eve@example.com', '"a\r\n"@example.com', 'ada@example.com\u0000', 'ada@exam\u2028ple.com'];

  it.each(hostile)('puts no second reader and no header into a mail: %j', (email) => {
    expect(Value.Check(orderRequestSchema, orderBody({ email }))).toBe(false);
  });

  it.each(['Ada\r\nBcc: all@example.com', 'Ada\u2028Bcc: x', 'Ada\u0000'])('puts no line into an address: %j', (name) => {
    const body = orderBody() as { address: object };
    expect(Value.Check(orderRequestSchema, { ...body, address: { ...body.address, name } })).toBe(false);
  });
});
