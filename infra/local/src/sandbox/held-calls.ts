import type { FastifyRequest } from 'fastify';

/** Calls that a fault keeps waiting, until they are let go: a slow one is then answered, a silent one is hung up on. */
export class HeldCalls {
  readonly #held = new Set<() => void>();
  #closed = false;

  async slow(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const answer = () => {
        clearTimeout(timer);
        this.#held.delete(answer);
        resolve();
      };
      const timer = setTimeout(answer, ms);
      this.#hold(answer);
    });
  }

  async silent({ socket }: FastifyRequest): Promise<never> {
    const hangUp = () => socket.destroy();
    socket.once('close', () => this.#held.delete(hangUp));
    this.#hold(hangUp);
    return await new Promise(() => undefined);
  }

  letGo(): void {
    for (const release of this.#held) release();
  }

  close(): void {
    this.#closed = true;
    this.letGo();
  }

  #hold(release: () => void): void {
    if (this.#closed) release();
    else this.#held.add(release);
  }
}
