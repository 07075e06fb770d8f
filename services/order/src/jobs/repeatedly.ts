export interface Repeated {
  /** Does it now, or once more when what is under way has ended. */
  now(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** Does something every so often, never twice at once: while it takes longer than that, nothing queues up. The work copes with its own failures. */
export function repeatedly(everyMs: number, work: () => Promise<void>): Repeated {
  let underWay: Promise<void> | undefined;
  let onceMore = false;
  const begin = async () => {
    do {
      onceMore = false;
      await work();
    } while (onceMore);
    underWay = undefined;
  };
  const timer = setInterval(() => (underWay ??= begin()), everyMs);
  return {
    now() {
      onceMore = underWay !== undefined;
      underWay ??= begin();
    },
    async stop() {
      clearInterval(timer);
      onceMore = false;
      await underWay;
    },
  };
}
