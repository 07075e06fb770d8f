import { spaced, testCards } from '../cards.ts';
import type { SessionRecord } from '../records.ts';
import type { CardErrors } from './card-form.ts';
import { type Html, html } from './html.ts';

export interface Tried {
  errors?: CardErrors;
  /** Why the card was refused. */
  declined?: string | undefined;
}

export function payPage(session: SessionRecord, { errors = {}, declined }: Tried = {}): Html {
  const total = format(session.amount, session.currency);
  const wrong = Object.keys(errors).length > 0;
  const title = declined || wrong ? 'Payment not made' : `Pay ${total}`;
  return layout(
    title,
    html`<main class="pay">
      ${summary(session, total)}
      <section class="form" aria-labelledby="card-title">
        <h2 id="card-title">Pay by card</h2>
        ${(declined || wrong) && html`<div class="alert" role="alert"><strong>${declined ?? 'Please check the fields below.'}</strong></div>`}
        <form method="post" action="/pay/${session.id}" novalidate>
          ${field({ name: 'number', label: 'Card number', error: errors.number, autocomplete: 'cc-number', placeholder: '4242 4242 4242 4242', maxlength: 23 })}
          <div class="pair">
            ${field({ name: 'expiry', label: 'Expires', error: errors.expiry, autocomplete: 'cc-exp', placeholder: 'MM / YY', maxlength: 9 })}
            ${field({ name: 'cvc', label: 'Security code', error: errors.cvc, autocomplete: 'cc-csc', placeholder: '123', maxlength: 4 })}
          </div>
          <button class="primary" type="submit">Pay ${total}</button>
        </form>
        ${quickCards(session, total)}
        ${session.cancelUrl !== null && html`<p class="back"><a href="${session.cancelUrl}">Cancel and go back to the shop</a></p>`}
      </section>
    </main>`,
  );
}

export function endedPage(session: SessionRecord): Html {
  return layout(
    'This payment has ended',
    html`<main class="message">
      <h1>This payment has ended</h1>
      <p>It was not paid in time or was cancelled. Nothing was taken.</p>
      ${session.cancelUrl !== null && html`<p><a class="primary" href="${session.cancelUrl}">Back to the shop</a></p>`}
    </main>`,
  );
}

export function problemPage(title: string, what: string): Html {
  return layout(title, html`<main class="message"><h1>${title}</h1><p>${what}</p></main>`);
}

function summary({ successUrl, description, lines, currency }: SessionRecord, total: string): Html {
  return html`<section class="summary" aria-labelledby="total">
    <p class="merchant">${new URL(successUrl).host}</p>
    <h1 id="total"><span class="what">${description ?? 'Your order'}</span> <span class="amount">${total}</span></h1>
    <ul>
      ${lines.map(
        ({ name, amount, quantity }) => html`<li>
          <span class="name">${name}${quantity > 1 && html` <span class="quantity">× ${quantity}</span>`}</span>
          <span class="price">${format(amount * quantity, currency)}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}

interface Field {
  name: string;
  label: string;
  error: string | undefined;
  autocomplete: string;
  placeholder: string;
  maxlength: number;
}

/** What was typed is never sent back. */
function field({ name, label, error, autocomplete, placeholder, maxlength }: Field): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input id="${name}" name="${name}" type="text" inputmode="numeric" autocomplete="${autocomplete}" placeholder="${placeholder}" maxlength="${maxlength}" required
      ${error !== undefined && html`aria-invalid="true" aria-describedby="${name}-error"`}>
    ${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
  </div>`;
}

function quickCards(session: SessionRecord, total: string): Html {
  return html`<form class="cards" method="post" action="/pay/${session.id}" aria-labelledby="cards-title">
    <h3 id="cards-title">Or use a test card</h3>
    <input type="hidden" name="quick" value="1">
    <ul>
      ${testCards.map(
        ({ number, what, decline }) => html`<li>
          <button type="submit" name="number" value="${number}" class="${decline ? 'refuses' : 'pays'}">
            <span class="digits">${spaced(number)}</span> <span class="what">${decline ? what : `${what} ${total}`}</span>
          </button>
        </li>`,
      )}
    </ul>
  </form>`;
}

function layout(title: string, body: Html): Html {
  return html`<html lang="en-GB">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${title} · Test payments</title>
    <link rel="stylesheet" href="/pay/styles.css">
  </head>
  <body>
    <header><p><strong>Test payments</strong> No money moves here. Do not type a real card number.</p></header>
    ${body}
  </body>
</html>`;
}

function format(amount: number, currency: string): string {
  const formatter = new Intl.NumberFormat('en-GB', { style: 'currency', currency: currency.toUpperCase() });
  return formatter.format(amount / 10 ** (formatter.resolvedOptions().maximumFractionDigits ?? 2));
}
