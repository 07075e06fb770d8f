import pg from 'pg';
import { unavailable } from './problems.ts';
import { SILENT } from './silence.ts';

/** Refusals of our own, before anything was sent. */
export const CROWDED = 'too many wait for a database connection';
export const POINTLESS = 'nobody waits for this statement any more';
const REFUSED = new Set([SILENT, CROWDED, POINTLESS]);

export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint);
}

export function isPoolTimeout(error: unknown): boolean {
  const message = (error as Error | null)?.message;
  return message === 'timeout exceeded when trying to connect' || message === CROWDED;
}

/** SQLSTATE classes in which the server, not the statement, is at fault: connection, resources, operator, system, read-only, lock. */
const SERVER_AT_FAULT = /^(08|53|57|58|XX|25006$|25P0[34]$|55P03$|40001$|40P01$)/;
const SOCKET_AT_FAULT = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EHOSTUNREACH', 'ENOTFOUND']);
const DRIVER_AT_FAULT = /^(Connection terminated|Query read timeout|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed)/;

/** True when the database did not answer as it should, so that the honest answer is 503, never 404 and never an empty list. */
export function isDatabaseFault(error: unknown): boolean {
  // By shape, not by class: Node makes AggregateError and socket errors in a realm of its own when tests run in another.
  const { code, syscall, severity, message, errors } = (error ?? {}) as Partial<pg.DatabaseError & NodeJS.ErrnoException & AggregateError>;
  if (severity !== undefined) return SERVER_AT_FAULT.test(code ?? '');
  if (Array.isArray(errors)) return errors.some(isDatabaseFault);
  return (syscall !== undefined && SOCKET_AT_FAULT.has(code ?? '')) || DRIVER_AT_FAULT.test(message ?? '') || REFUSED.has(message ?? '');
}

/** The answer to a database fault. */
export function databaseUnavailable(cause: unknown) {
  return unavailable({ detail: 'We cannot reach our records for a moment. Please try again.', cause });
}
