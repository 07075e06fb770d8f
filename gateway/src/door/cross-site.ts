import type { IncomingHttpHeaders } from 'node:http';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** It has its own signature, and its sender is no browser. */
const EXEMPT = 'POST /api/payments/webhook';

/**
 * Why a call may not change anything, or undefined. A browser says where a call comes from in `Sec-Fetch-Site` or in
 * `Origin`; one that says neither may be an old form post, so that only JSON, which no form can send, passes.
 */
export function crossSiteFault(method: string, path: string, headers: IncomingHttpHeaders, origin: string): string | undefined {
  if (SAFE.has(method) || `${method} ${path}` === EXEMPT) return undefined;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'This came from another site.';
  if (headers.origin !== undefined && headers.origin !== origin) return 'This came from another origin.';
  if (site !== undefined || headers.origin !== undefined) return undefined;
  if (path.startsWith('/api/') && JSON_TYPE.test(headers['content-type'] ?? '')) return undefined;
  return 'Say where this comes from: send Origin, or content-type application/json to an address under /api.';
}
