import { ProblemError } from '@emall/runtime';

/** An answer as it goes over the wire, so that it can be kept and repeated byte for byte. */
export interface Answer {
  status: number;
  contentType: string;
  body: Buffer;
}

export function created(document: unknown): Answer {
  return { status: 201, contentType: 'application/json; charset=utf-8', body: Buffer.from(JSON.stringify(document)) };
}

/** A refusal that will be the same tomorrow. 429 and 5xx are not: the same key may succeed later. */
export function isFinal(error: unknown): error is ProblemError {
  return error instanceof ProblemError && error.status >= 400 && error.status < 500 && error.status !== 429;
}

export function refusal(problem: ProblemError, requestId: string): Answer {
  return {
    status: problem.status,
    contentType: 'application/problem+json; charset=utf-8',
    body: Buffer.from(JSON.stringify(problem.toDocument(requestId))),
  };
}
