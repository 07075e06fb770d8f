/** An error as Stripe's API tells it. */
export class StripeError extends Error {
  readonly statusCode: number;
  readonly document: { error: Record<string, unknown> };

  constructor(statusCode: number, type: string, message: string, rest: { code?: string; param?: string } = {}) {
    super(message);
    this.statusCode = statusCode;
    this.document = { error: { type, message, ...rest } };
  }
}

export const invalid = (message: string, rest: { code?: string; param?: string } = {}) => new StripeError(400, 'invalid_request_error', message, rest);

export const missing = (what: string, id: string, param: string) =>
  new StripeError(404, 'invalid_request_error', `No such ${what}: '${id}'`, { code: 'resource_missing', param });

export const unauthorized = () =>
  new StripeError(401, 'invalid_request_error', 'Invalid API Key provided. Set the same STRIPE_SECRET_KEY for the shop and its payment sandbox.');

export const keyReused = (key: string) =>
  new StripeError(
    400,
    'idempotency_error',
    `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  );
