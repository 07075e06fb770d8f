import type { ErrorObject } from 'ajv';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { databaseUnavailable, isDatabaseFault } from './database-faults.ts';
import {
  headersTooLarge,
  internalError,
  invalidRequest,
  methodNotAllowed,
  notFound,
  payloadTooLarge,
  ProblemError,
  requestTimeout,
  unsupportedMediaType,
} from './problems.ts';
import { fieldErrors } from './validation.ts';

/** Whatever was thrown, as the problem that the client may see. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isDatabaseFault(error)) return databaseUnavailable(error);
  const { validation, validationContext, code, statusCode } = error as FastifyError;
  if (validation) return invalidFields(validation as ErrorObject[], validationContext ?? 'body');
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return payloadTooLarge({ cause: error });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedMediaType({ cause: error });
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return invalidRequest({ detail: 'The body is empty.', cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return invalidRequest({ cause: error });
  return internalError({ cause: error });
}

function invalidFields(errors: ErrorObject[], part: string): ProblemError {
  const fields = fieldErrors(errors, part);
  const detail = fields.map(({ field, reason }) => `${field} ${reason}`).join('; ');
  return invalidRequest({ detail: `${detail}.`, extra: { errors: fields } });
}

/** Answers an error as `application/problem+json`; what is our fault is logged with its cause. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    const cause = problem.details.cause ?? error;
    const level = problem.status === 503 ? 'warn' : 'error';
    request.log[level]({ err: cause, route: request.routeOptions?.url }, `answered ${problem.status} ${problem.code}`);
  }
  return sendProblem(problem, request, reply);
}

export function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply) {
  return reply
    .code(problem.status)
    .headers({ 'cache-control': 'no-store', ...problem.details.headers })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.toDocument(request.id)));
}

/** 404, or 405 with `Allow` when the path exists for another method. */
export function notFoundHandler(app: FastifyInstance) {
  const routes: { method: string; pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(`^${url.replace(/:[^/]+/g, '[^/]+').replaceAll('*', '.*')}$`);
    for (const each of [method].flat()) routes.push({ method: each, pattern });
  });
  return (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const allow = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    const problem = allow.length > 0 ? methodNotAllowed({ headers: { allow: allow.join(', ') } }) : notFound();
    return sendProblem(problem, request, reply);
  };
}

/** Answers what is not HTTP, or not in time, once, and closes: nothing that follows on the socket is read. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  const begun = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent === true;
  if (error.code === 'ECONNRESET' || !socket.writable || begun) return void socket.destroy();
  const problem = toHttpProblem(error.code);
  const body = JSON.stringify(problem.toDocument());
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function toHttpProblem(code: string | undefined): ProblemError {
  if (code === 'HPE_HEADER_OVERFLOW') return headersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return requestTimeout();
  return invalidRequest({ detail: 'This is not valid HTTP.' });
}
