import { setTimeout as sleep } from 'node:timers/promises';
import { fetch } from 'undici';
import { nextHome } from './homes.ts';

/** Nobody asks for the next page in the moment the last one is there: a few who did would make a slow machine answer late, which is another promise. */
export const look = () => sleep(50);

export interface Page {
  status: number;
  /** Where it leads, when it leads elsewhere. */
  location: string | undefined;
  text: string;
}

/** A shopper in a browser without JavaScript: follows links, sends forms, says where it comes from. Nothing is ever sent twice. */
export class PageShopper {
  readonly #shop: string;
  readonly #home = nextHome();
  readonly #cookies = new Map<string, string>();
  /** What such a shopper would notice. */
  readonly noticed: string[];

  constructor(shop: string, noticed: string[]) {
    this.#shop = shop;
    this.noticed = noticed;
  }

  /** One page. Any other answer than the expected one is noticed, and so is a connection that breaks. */
  async open(path: string, { status = 200, from = 'same-origin' }: { status?: number; from?: string } = {}): Promise<Page> {
    return this.#expect(status, await this.#send('GET', path, { 'sec-fetch-site': from }));
  }

  /** A form, and the page that the answer leads to: an absolute address is that of another site and is left to the caller. */
  async send(path: string, fields: Record<string, string>): Promise<Page> {
    return this.#expect(303, await this.#send('POST', path, { 'sec-fetch-site': 'same-origin', origin: new URL(path, this.#shop).origin }, fields));
  }

  async #send(method: string, path: string, headers: Record<string, string>, fields?: Record<string, string>): Promise<Page & { what: string }> {
    const url = new URL(path, this.#shop);
    const ours = url.origin === this.#shop;
    const what = `${method} ${url.pathname}`;
    await look();
    try {
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        ...(ours && { dispatcher: this.#home }),
        headers: {
          accept: 'text/html,application/xhtml+xml',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
          ...headers,
          ...(ours && { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') }),
          ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(fields && { body: new URLSearchParams(fields).toString() }),
        signal: AbortSignal.timeout(10_000),
      });
      for (const cookie of ours ? response.headers.getSetCookie() : []) {
        const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
        this.#cookies.set(name, value);
      }
      return { what, status: response.status, location: response.headers.get('location') ?? undefined, text: await response.text() };
    } catch (error) {
      return { what, status: 0, location: undefined, text: String(error instanceof Error ? (error.cause ?? error.message) : error) };
    }
  }

  #expect(status: number, { what, ...page }: Page & { what: string }): Page {
    if (page.status === status) return page;
    const words = page.status === 0 ? page.text : (/<title>([^<]*)/.exec(page.text)?.[1] ?? '');
    this.noticed.push(`${new Date().toISOString()} ${what}: ${page.status} ${words}`);
    throw new Noticed();
  }
}

/** It has been noted; the shopper begins anew. */
export class Noticed extends Error {
  override name = 'Noticed';
}

/** What a form would send if nothing were typed: hidden fields, and those of its choices that are checked. */
export function fieldsOf({ text }: Page, action: string): Record<string, string> {
  const form = new RegExp(`<form[^>]*action="${action}".*?</form>`, 's').exec(text)?.[0] ?? '';
  const inputs = form.match(/<input[^>]*>/g)?.filter((input) => /type="hidden"/.test(input) || / checked/.test(input)) ?? [];
  return Object.fromEntries(inputs.map((input) => [attribute(input, 'name'), attribute(input, 'value')]));
}

function attribute(element: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1]?.replaceAll('&amp;', '&') ?? '';
}
