import { constants } from 'node:os';

export interface StopSignals {
  /** Aborted by the first signal. */
  asked: AbortSignal;
  /** Aborted when somebody asks again: no more patience with what is still working. */
  hurry: AbortSignal;
  /** By convention 128 and the signal's number. */
  exitCode(): number;
}

/** Turns signals, and the end of the bootstrap that started us, into one wish to stop. */
export function listenForStop(say: (line: string) => void): StopSignals {
  const asked = new AbortController();
  const hurry = new AbortController();
  let first: NodeJS.Signals | undefined;
  const onSignal = (name: NodeJS.Signals, again: boolean) => {
    if (first === undefined) {
      first = name;
      say(`\nStopping (${name}). Once more to hurry.`);
      asked.abort();
    } else if (again) {
      say('Hurrying.');
      hurry.abort();
    }
  };
  process.on('SIGINT', () => onSignal('SIGINT', true));
  process.on('SIGTERM', () => onSignal('SIGTERM', true));
  // A closed terminal is told in several ways, all of which mean the same.
  process.on('SIGHUP', () => onSignal('SIGHUP', false));
  process.on('disconnect', () => onSignal('SIGHUP', false));
  process.channel?.unref();
  return { asked: asked.signal, hurry: hurry.signal, exitCode: () => 128 + constants.signals[first ?? 'SIGTERM'] };
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
