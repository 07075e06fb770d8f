export interface Repeated {
  /** Does it now as well, once what is under way has ended. */
  now(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** Does something every so often, never twice at once. The work copes with its own failures. */
export function repeatedly(everyMs: number, work: () => Promise<void>): Repeated {
  let underWay: Promise<void> = Promise.resolve();
  const now = () => void (underWay = underWay.then(work));
  const timer = setInterval(now, everyMs);
  return {
    now,
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
