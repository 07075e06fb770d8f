import { type DestinationStream, pino, type Logger } from 'pino';

export type Log = Logger;

/**
 * JSON lines, on standard output unless `destination` takes them. Bodies, headers and identities are never logged:
 * what may be logged is named at each call.
 */
export function createLog({ service, replica, version, level }: { service: string; replica: string; version: string; level: string }, destination: DestinationStream = standardOutput()): Log {
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

/** Lines wait this long for company, or until there are 8 kB: a write for each was 4 to 5 % of the CPU of a service that takes orders. */
const KEPT_MS = 50;
const KEPT_BYTES = 8192;

/** Nothing is lost at an end that the process hears of; one that is killed takes its last 50 ms with it. */
function standardOutput(): DestinationStream & { flushSync(): void } {
  const out = pino.destination({ dest: 1, sync: true, minLength: KEPT_BYTES });
  process.once('exit', () => out.flushSync());
  let waiting: NodeJS.Timeout | undefined;
  const flush = () => {
    waiting = undefined;
    out.flushSync();
  };
  return {
    write(line) {
      out.write(line);
      waiting ??= setTimeout(flush, KEPT_MS).unref();
    },
    // What is fatal is written at once.
    flushSync: () => out.flushSync(),
  };
}

/** For processes that nobody watches, such as tests and generators. */
export const silentLog: Log = pino({ level: 'silent' });

/** pg puts the offending row into `detail`, and a row can hold an address. */
function errorWithoutInternals(error: Error) {
  const { detail: _detail, where: _where, ...err } = pino.stdSerializers.err(error) as unknown as Record<string, unknown>;
  return err;
}
