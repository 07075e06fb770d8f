import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** The browser that the set-up found; as root it cannot have a sandbox of its own. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['EMALL_TEST_CHROMIUM'];
  if (!executablePath) throw new Error('no Chromium was found: run the tests with `npm test`, which installs one');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** What no page may cause: requests to other origins, errors in the console, answers with 5xx, parts that are missing. */
  faults: string[];
}

export interface Device {
  width: number;
  javaScript: boolean;
  dark?: boolean;
}

/** A shopper with a browser of their own. `allowed` are the origins that pages may speak with. */
export async function newVisitor(browser: Browser, { width, javaScript, dark = false }: Device, allowed: string[]): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 780 : 900 },
    javaScriptEnabled: javaScript,
    colorScheme: dark ? 'dark' : 'light',
    hasTouch: width < 600,
    locale: 'en-GB',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const faults: string[] = [];
  context.on('request', (request) => {
    if (!allowed.includes(new URL(request.url()).origin)) faults.push(`request to ${request.url()}`);
  });
  context.on('response', (response) => {
    // A page or a form may be refused; a picture, a script or a style that a page names must be there.
    const least = ['document', 'fetch', 'xhr'].includes(response.request().resourceType()) ? 500 : 400;
    if (response.status() >= least) faults.push(`${response.status()} from ${response.url()}`);
  });
  page.on('console', (message) => {
    // Statuses are judged above, by what was asked for.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  return { page, context, faults };
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of WCAG 2.2 AA on the page as it is, one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(await axeSource);
  const violations = await page.evaluate(async () => {
    // A colour that is still on its way is nobody's to judge.
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
    const { axe } = globalThis as unknown as { axe: { run(context: Document, options: object): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } };
    const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  });
  return violations.map((violation) => `${new URL(page.url()).pathname} ${violation}`);
}

/**
 * Shows in `twin`, where scripts run, what somebody without JavaScript has in `page`: the same markup, none of its scripts.
 * axe waits for timers, which a page without JavaScript does not have.
 */
export async function withoutScript(page: Page, twin: Page): Promise<void> {
  const body = (await page.content()).replace(/<script\b[^>]*>[^]*?<\/script>/g, '').replace(/<\/?noscript>/g, '');
  await twin.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }), { times: 1 });
  await twin.goto(page.url());
}

/** True when the page is wider than the screen, so that a phone would scroll sideways. */
export function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}
