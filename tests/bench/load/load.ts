import { Child } from '../child.ts';
import type { Seen, Task } from './messages.ts';

/** A generator in a process of its own. */
export class Load {
  readonly #child: Child;

  constructor(core: number | undefined) {
    this.#child = new Child('load/generator.ts', core);
  }

  /** @throws Error with what went wrong in the generator */
  tell(task: Task & { kind: 'run' }): Promise<Seen>;
  tell(task: Task): Promise<Seen | undefined>;
  async tell(task: Task): Promise<Seen | undefined> {
    return (await this.#child.ask<{ seen?: Seen }>(task)).seen;
  }

  end(): void {
    this.#child.end();
  }
}
