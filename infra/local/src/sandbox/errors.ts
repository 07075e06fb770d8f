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

export function toStripeError(error: unknown): StripeError {
  if (error instanceof StripeError) return error;
  const { statusCode = 500, message } = error as { statusCode?: number; message?: string };
  return statusCode < 500 ? invalid(`Invalid request: ${message}`) : new StripeError(500, 'api_error', 'The payment sandbox failed.');
}

export const told = (status: number) =>
  new StripeError(status, status === 429 ? 'rate_limit_error' : 'api_error', `The payment sandbox was told to answer ${status}.`);
