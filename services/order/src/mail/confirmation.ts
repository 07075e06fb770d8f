import { orderNumber } from '../orders/identifiers.ts';
import type { Order } from '../orders/queries.ts';
import { html } from './html.ts';
import type { Mail } from './mailer.ts';

const countries = new Intl.DisplayNames('en-GB', { type: 'region' });

const DELIVERY: Record<string, string> = { standard: 'Standard delivery', express: 'Express delivery' };
const NOT_YOURS = 'You did not order this? Somebody has typed your address by mistake: nothing is needed from you.';

/** What the shopper is told once, when an order is sold. `link` is the private one. */
export function confirmationOf(order: Order, link: string): Mail {
  const { id, email: to } = order;
  const number = orderNumber(id);
  const what = contentOf(order);
  return { id, to, subject: `Your order ${number} is placed`, text: toText(number, link, what), html: toHtml(number, link, what) };
}

type Content = ReturnType<typeof contentOf>;

function contentOf(order: Order) {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency: order.currency });
  const units = 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
  const money = (amount: number) => format.format(amount / units);
  const { name, line1, line2, city, postcode, country } = order.address;
  return {
    lines: order.lines.map(({ name: product, options, quantity, price }) => ({
      what: oneLine([`${quantity} × ${product}`, ...Object.values(options)].join(', ')),
      total: money(price * quantity),
    })),
    sums: [
      ['Items', money(order.items)],
      [DELIVERY[order.shipping_method] ?? 'Delivery', order.shipping === 0 ? 'Free' : money(order.shipping)],
      ['Total', money(order.total)],
      ['VAT included in it', money(order.tax)],
    ] as const,
    address: [name, line1, line2 ?? '', `${city} ${postcode}`, countries.of(country) ?? country].filter((line) => line !== '').map(oneLine),
    payment: order.payment_method === 'card' ? 'Paid by card' : `You pay ${money(order.total)} when the parcel arrives`,
  };
}

function toText(number: string, link: string, { lines, sums, address, payment }: Content): string {
  return [
    `Thank you, your order ${number} is placed. We are packing your parcel.`,
    ['What you ordered:', ...lines.map(({ what, total }) => `  ${what}: ${total}`)].join('\n'),
    sums.map((sum) => sum.join(': ')).join('\n'),
    `${payment}.`,
    ['It goes to:', ...address.map((line) => `  ${line}`)].join('\n'),
    `How it stands, at any time:\n${link}\nWhoever has this link can see the order, so keep it to yourself.`,
    NOT_YOURS,
    'E-Mall',
  ].join('\n\n');
}

function toHtml(number: string, link: string, { lines, sums, address, payment }: Content): string {
  const cell = 'padding:4px 0;vertical-align:top';
  const amount = `${cell};text-align:right;white-space:nowrap;padding-left:16px`;
  return html`<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Your order ${number}</title></head>
<body style="margin:0;padding:24px 16px;background:#f6f4f1;color:#1d1b19;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:12px">
<h1 style="margin:0 0 8px;font-size:22px">Thank you, your order is placed</h1>
<p style="margin:0 0 16px">Order <strong>${number}</strong>. We are packing your parcel.</p>
<table role="presentation" style="width:100%;border-collapse:collapse">
${lines.map(({ what, total }) => html`<tr><td style="${cell}">${what}</td><td style="${amount}">${total}</td></tr>
`)}<tr><td colspan="2" style="border-top:1px solid #ddd;padding-top:8px"></td></tr>
${sums.map(([name, sum]) => html`<tr><td style="${cell}">${name}</td><td style="${amount}">${sum}</td></tr>
`)}</table>
<p style="margin:16px 0">${payment}.</p>
<h2 style="margin:16px 0 4px;font-size:16px">It goes to</h2>
<p style="margin:0 0 16px">${address.map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`))}</p>
<p style="margin:0 0 16px"><a href="${link}" style="display:inline-block;padding:10px 16px;border-radius:8px;background:#1d1b19;color:#fff;text-decoration:none">See how it stands</a></p>
<p style="margin:0;font-size:14px;color:#625d57">Whoever has this link can see the order, so keep it to yourself. ${NOT_YOURS}</p>
</div>
</body>
</html>
`.markup;
}

/** Names come from the catalogue and the shopper: in a text they may not look like lines of ours. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim();
}
