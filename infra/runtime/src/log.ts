import { type DestinationStream, pino, type Logger } from 'pino';

export type Log = Logger;

/**
 * JSON lines, on standard output unless `destination` takes them. Bodies, headers and identities are never logged:
 * what may be logged is named at each call.
 */
export function createLog({ service, replica, version, level }: { service: string; replica: string; version: string; level: string }, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: { service, replica, version },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorWithoutInternals },
    },
    destination,
  );
}

/** For processes that nobody watches, such as tests and generators. */
export const silentLog: Log = pino({ level: 'silent' });

/** pg puts the offending row into `detail`, and a row can hold an address. */
function errorWithoutInternals(error: Error) {
  const { detail: _detail, where: _where, ...err } = pino.stdSerializers.err(error) as unknown as Record<string, unknown>;
  return err;
}
