import { Type } from 'typebox';

/** RFC 9457 problem details as every service sends them; further members carry what a client can act on. Named once in a contract. */
export const problemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.Optional(Type.String()),
    requestId: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), reason: Type.String() }))),
  },
  { $id: 'Problem', additionalProperties: true },
);

const PROBLEM_JSON = 'application/problem+json';

/** Response schemas of a route for the given statuses, to be spread into `schema.response`. */
export function problemResponses<S extends number>(...statuses: S[]) {
  const response = { description: 'Problem (RFC 9457)', content: { [PROBLEM_JSON]: { schema: Type.Ref('Problem') } } };
  return Object.fromEntries(statuses.map((status) => [status, response])) as Record<S, typeof response>;
}

/** What one occurrence of a problem may add to its kind. */
export interface ProblemDetails {
  /** One sentence for the client: what happened and what to do next. Never internals. */
  detail?: string;
  headers?: Record<string, string>;
  /** Further members of the problem document, for example the lines that are sold out. */
  extra?: Record<string, unknown>;
  cause?: unknown;
}

/** An error that is meant for the client. Thrown anywhere in a request, answered as `application/problem+json`. */
export class ProblemError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly details: ProblemDetails;

  constructor(code: string, status: number, title: string, details: ProblemDetails) {
    super(details.detail ?? title, { cause: details.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.status = status;
    this.title = title;
    this.details = details;
  }

  /** The document of RFC 9457; `requestId` lets a client quote what the logs know. */
  toDocument(requestId?: string): Record<string, unknown> {
    return {
      type: `urn:emall:problem:${this.code}`,
      title: this.title,
      status: this.status,
      code: this.code,
      ...(this.details.detail !== undefined && { detail: this.details.detail }),
      ...this.details.extra,
      ...(requestId !== undefined && { requestId }),
    };
  }
}

export type Problem = ((details?: ProblemDetails) => ProblemError) & { readonly code: string; readonly status: number };

/** Declares a kind of problem. `code` and `status` are stable: clients depend on them. */
export function defineProblem(code: string, status: number, title: string): Problem {
  const make = (details: ProblemDetails = {}) => new ProblemError(code, status, title, details);
  return Object.assign(make, { code, status });
}

export const invalidRequest = defineProblem('invalid-request', 400, 'The request is not valid');
export const unauthenticated = defineProblem('unauthenticated', 401, 'No valid identity was given');
export const forbidden = defineProblem('forbidden', 403, 'This is not allowed');
export const notFound = defineProblem('not-found', 404, 'There is nothing here');
export const methodNotAllowed = defineProblem('method-not-allowed', 405, 'This method is not supported here');
export const requestTimeout = defineProblem('request-timeout', 408, 'The request took too long to arrive');
export const payloadTooLarge = defineProblem('payload-too-large', 413, 'The body is too large');
export const unsupportedMediaType = defineProblem('unsupported-media-type', 415, 'Only application/json is understood here');
export const headersTooLarge = defineProblem('headers-too-large', 431, 'The headers are too large');
export const internalError = defineProblem('internal-error', 500, 'Something went wrong on our side');

const unavailableProblem = defineProblem('unavailable', 503, 'This is not available for a moment');

/**
 * 503 with `Retry-After` (seconds): something this answer needs did not answer in time.
 * Nothing is known about the outcome of a write that ends so.
 */
export function unavailable(details: ProblemDetails & { retryAfter?: number } = {}): ProblemError {
  const { retryAfter = 1, ...rest } = details;
  return unavailableProblem({ ...rest, headers: { 'retry-after': String(retryAfter), ...rest.headers } });
}
