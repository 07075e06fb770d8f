import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../infra/local/src/home.ts';
import { pinned } from './cores.ts';

/** A program of the bench in a process of its own, that answers each message with one. */
export class Child {
  readonly #child: ChildProcess;

  constructor(file: string, core: number | undefined) {
    const [program = '', ...args] = pinned(core, [process.execPath, join(ROOT, 'tests/bench', file)]);
    this.#child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws Error with what went wrong over there */
  ask<T>(message: object): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`it ended with ${code}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (answer: T & { error?: string }) => {
        this.#child.off('exit', ended);
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(answer.error));
      });
      this.#child.send(message);
    });
  }

  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
