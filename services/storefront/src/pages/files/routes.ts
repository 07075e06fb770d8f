import type { Pages } from '../../shared/deps.ts';

/** What belongs to one shopper, or is made by a question, is nothing to find a shop by. */
const ROBOTS = ['User-agent: *', 'Disallow: /cart', 'Disallow: /checkout', 'Disallow: /orders', 'Disallow: /search', 'Disallow: /api/', ''].join('\n');
const DAY = 'public, max-age=86400';

/** The two files that are asked for without any page naming them. */
export const wellKnownFiles: Pages = async (app, { assets }) => {
  app.get('/favicon.ico', async (_request, reply) => reply.header('cache-control', DAY).redirect(assets.url('favicon.svg'), 302));

  app.get('/robots.txt', async (_request, reply) => reply.header('cache-control', DAY).type('text/plain; charset=utf-8').send(ROBOTS));
};
