import type { IncomingHttpHeaders } from 'node:http';

/** With which nginx tells insiders that no replica answered: its 503 looks like that of a service otherwise. */
const NO_ANSWER_HEADER = 'x-emall-no-answer';

/**
 * True for what nginx says when nobody is there. A 503 that says when to come again is an answer: whoever refuses some calls
 * may take worthier ones.
 */
export function isNoAnswer(status: number, headers: IncomingHttpHeaders): boolean {
  if (status === 503) return headers[NO_ANSWER_HEADER] !== undefined || headers['retry-after'] === undefined;
  return status === 502 || status === 504;
}
