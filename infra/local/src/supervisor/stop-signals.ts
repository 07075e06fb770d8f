import { constants } from 'node:os';

interface StopSignals {
  /** Aborted by the first signal. */
  asked: AbortSignal;
  /** Aborted when somebody asks again: no more patience with what is still working. */
  hurry: AbortSignal;
  /** By convention 128 and the signal's number. */
  exitCode(): number;
}

/** Turns signals into one wish to stop. */
export function listenForStop(say: (line: string) => void): StopSignals {
  const asked = new AbortController();
  const hurry = new AbortController();
  let first: NodeJS.Signals | undefined;
  whenToldToStop((name) => {
    if (first === undefined) {
      first = name;
      say(`\nStopping (${name}). Once more to hurry.`);
      asked.abort();
    } else if (name !== 'SIGHUP') {
      // A closed terminal is told in several ways, all of which mean the same.
      say('Hurrying.');
      hurry.abort();
    }
  });
  return { asked: asked.signal, hurry: hurry.signal, exitCode: () => 128 + constants.signals[first ?? 'SIGTERM'] };
}

/** Calls `act` on each signal that asks this process to end, and when the bootstrap that started it has gone. */
export function whenToldToStop(act: (name: NodeJS.Signals) => void): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => act(name));
  process.on('disconnect', () => act('SIGHUP'));
  process.channel?.unref();
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
