import type { FastifyReply, FastifyRequest } from 'fastify';

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

const HEADERS = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Tells the browser what this answer may do. */
export type Secure = (request: FastifyRequest, reply: FastifyReply) => void;

/** What every answer tells the browser. Nothing is inline and nobody else is asked, so the policy needs no nonce and pages can be shared. */
export function securityHeaders({ paymentOrigin }: { paymentOrigin: string }): Secure {
  const plain = [...CSP, "form-action 'self'"].join('; ');
  // The form of the checkout is answered by a redirect to the payment page, and browsers hold form-action against that too.
  const paying = [...CSP, `form-action 'self' ${paymentOrigin}`].join('; ');
  return (request, reply) => {
    reply.headers(HEADERS);
    if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', 'strict-origin-when-cross-origin');
    reply.header('content-security-policy', request.routeOptions.url?.startsWith('/checkout') ? paying : plain);
  };
}
