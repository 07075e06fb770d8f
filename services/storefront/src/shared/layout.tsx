import type { Children } from '@kitajs/html';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import { Notice } from './notice.tsx';
import type { Shop } from './shop.ts';

export interface LayoutProps {
  shop: Shop;
  title: string;
  description?: string;
  /** Path of the page that search engines should remember; without it they are asked to forget the page. */
  canonical?: string;
  department?: string | undefined;
  search?: string | undefined;
  /** More for the head, for example the refresh of a page that waits. */
  head?: Children;
  /** Replaces the header: checkout has one with nothing to get lost in. */
  header?: Children;
  footer?: Children;
  children?: Children;
}

/** No style of its own is put into the page: the CSP would refuse it. What fails on our side is told by `app.ts`, not swapped in. */
const HTMX = JSON.stringify({ includeIndicatorCSS: false, defaultTimeout: 10_000, noSwap: [204, 304, '5xx'] });

export function Layout({ shop, title, description, canonical, department, search, head, header, footer, children }: LayoutProps) {
  const { assets } = shop;
  return (
    <>
      {'<!doctype html>'}
      <html lang="en-GB">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title safe>{title.startsWith('E-Mall') ? title : `${title} · E-Mall`}</title>
          {description !== undefined && <meta name="description" content={description} />}
          {canonical === undefined ? (
            <meta name="robots" content="noindex" />
          ) : (
            <link rel="canonical" href={`${shop.publicUrl}${canonical}`} />
          )}
          <meta name="color-scheme" content="light dark" />
          <link rel="icon" href={assets.url('favicon.svg')} type="image/svg+xml" />
          <link rel="preload" href={assets.url('fonts/figtree-latin-wght-normal.woff2')} as="font" type="font/woff2" crossorigin="anonymous" />
          <link rel="stylesheet" href={assets.url('styles.css')} />
          <meta name="htmx-config" content={HTMX} />
          <script src={assets.url('app.js')} defer></script>
          {head}
        </head>
        <body>
          <a class="skip" href="#main">
            Skip to the main part
          </a>
          {header ?? <Header shop={shop} department={department} search={search} />}
          <main class="main" id="main" tabindex="-1">
            {children}
          </main>
          {footer ?? <Footer shop={shop} />}
          <div class="notices" id="notices" role="status"></div>
          <template id="failure">
            <Notice>That did not work just now. Wait a moment and try again.</Notice>
          </template>
        </body>
      </html>
    </>
  );
}
