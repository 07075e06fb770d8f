import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.ts';
import { sizeOf } from '../files.ts';
import type { ProcessId } from '../system/processes.ts';
import { signal, waitForExit } from '../system/processes.ts';
import { endOrphanedWorkers } from '../system/sessions.ts';
import { type Command, spawnDetached } from '../system/spawn.ts';
import type { TopologyProcess } from '../topology.ts';
import { lastWords } from './last-words.ts';

/** One process as the supervisor should run it. */
export interface ProcessSpec {
  name: string;
  service: string;
  replica: number;
  version: string;
  port: number;
  adminPort?: number;
  log: string;
  command: Command;
  stopSignal: NodeJS.Signals;
  /** How long nobody asks it after it has died, although it is back. */
  leftOutMs?: number;
  /** Before each start. */
  prepare?(): Promise<void>;
  /** Resolves once this very process can be used; rejects when it has ended. */
  ready(id: ProcessId): Promise<void>;
}

export interface Listener {
  say(line: string): void;
  /** The state or the pid of a process is another one. */
  changed(): void;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;
const HEALTHY_MS = 30_000;
/** A process that cannot start the first time has a fault that waiting does not mend. */
const FIRST_ATTEMPTS = 3;
const GRACE_MS = 12_000;

/** Keeps one process running until it is told to stop. */
export class Supervised {
  #spec: ProcessSpec;
  readonly #listener: Listener;
  #id: ProcessId | undefined;
  #state: TopologyProcess['state'] = 'stopped';
  #exited = Promise.resolve();
  #prepared: Promise<void> | undefined;
  #restarts = 0;
  #startedAt = 0;
  #delay = FIRST_DELAY_MS;
  /** From a start to the stop that ends it: whoever still waits for something then finds that it is over. */
  #life = ended();

  constructor(spec: ProcessSpec, listener: Listener) {
    this.#spec = spec;
    this.#listener = listener;
  }

  get spec(): ProcessSpec {
    return this.#spec;
  }

  get id(): ProcessId | undefined {
    return this.#id;
  }

  /** How often it has ended by itself and was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  describe(): TopologyProcess {
    const { name, service, replica, version, port, adminPort, log, command } = this.#spec;
    return {
      name, service, replica, version, port,
      ...(adminPort !== undefined && { adminPort }),
      pid: this.#id?.pid ?? 0,
      started: this.#id?.started ?? '',
      startedAt: new Date(this.#startedAt).toISOString(),
      state: this.#state,
      restarts: this.#restarts,
      log,
      command: [command.file, ...command.args],
    };
  }

  /** Resolves when it is ready. @throws Fault with its last words when it ends too often before that */
  async start(): Promise<void> {
    const life = new AbortController();
    this.#life = life;
    for (let attempt = 1; ; attempt += 1) {
      const from = sizeOf(this.#spec.log);
      try {
        await this.#run(life.signal, 0);
        return;
      } catch (error) {
        if (life.signal.aborted) return;
        const hangs = await this.#endIfAlive();
        if (attempt < FIRST_ATTEMPTS && !hangs) continue;
        life.abort();
        const words = lastWords(this.#spec.log, from).map((line) => `\n    ${line}`).join('');
        throw new Fault(`${this.#spec.name} does not start: ${error instanceof Error ? error.message : String(error)}${words}\n  More in ${this.#spec.log}`);
      }
    }
  }

  /**
   * Starts it once and waits until it is ready; from then on its end leads to a restart. Ready is who is asked: after a
   * death that is later than when it answers, and counted from there, since a call may have failed until it listened.
   */
  async #run(life: AbortSignal, leftOutMs: number): Promise<void> {
    const spec = this.#spec;
    this.#prepared = spec.prepare?.();
    await this.#prepared;
    if (life.aborted) return;
    const from = sizeOf(spec.log);
    const child = spawnDetached(spec.command, spec.log);
    const { id } = child;
    this.#id = id;
    this.#startedAt = Date.now();
    this.#become('starting');
    let ready = false;
    let end: string | undefined;
    this.#exited = new Promise((resolve) => {
      const onEnd = (how: string) => {
        end = how;
        resolve();
        endOrphanedWorkers(id);
        if (ready && !life.aborted) void this.#restart(life, how, from);
      };
      child.once('exit', (code, signalName) => onEnd(signalName ?? `code ${code}`));
      child.once('error', (error) => onEnd(error.message));
    });
    await spec.ready(id);
    if (leftOutMs > 0) await Promise.race([this.#exited, sleep(leftOutMs, undefined, { signal: life })]);
    if (end !== undefined) throw new Fault(end);
    ready = true;
    this.#become('ready');
  }

  async #restart(life: AbortSignal, how: string, from: number): Promise<void> {
    let delay = Date.now() - this.#startedAt > HEALTHY_MS ? FIRST_DELAY_MS : this.#delay;
    let reason = how;
    let start = from;
    while (!life.aborted) {
      this.#become('restarting');
      const words = lastWords(this.#spec.log, start).map((line) => `\n      ${line}`).join('');
      this.#listener.say(`${this.#spec.name} ended (${reason}); starting it again in ${delay} ms. Its last words:${words || ' none'}`);
      await sleep(delay, undefined, { signal: life }).catch(() => {});
      if (life.aborted) return;
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      this.#delay = delay;
      this.#restarts += 1;
      start = sizeOf(this.#spec.log);
      try {
        await this.#run(life, this.#spec.leftOutMs ?? 0);
        if (!life.aborted) this.#listener.say(`${this.#spec.name} is back (pid ${this.#id?.pid})`);
        return;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        if (!life.aborted) await this.#endIfAlive();
      }
    }
  }

  /** One that runs and never becomes ready would keep its ports from the next. */
  async #endIfAlive(): Promise<boolean> {
    const hangs = this.#id !== undefined && signal(this.#id, 'SIGKILL');
    await this.#exited;
    return hangs;
  }

  /** Asks it to end, and insists when it takes too long or `hurry` is aborted. */
  async stop(hurry: AbortSignal): Promise<void> {
    this.#life.abort();
    await this.#prepared?.catch(() => {});
    const id = this.#id;
    if (id !== undefined) {
      this.#become('draining');
      signal(id, this.#spec.stopSignal);
      const patience = sleep(GRACE_MS, undefined, { signal: hurry, ref: false }).catch(() => {});
      await Promise.race([this.#exited, patience]);
      // Postgres first without writing everything out, which it makes good at the next start.
      if (this.#spec.service === 'postgres' && signal(id, 'SIGQUIT')) await waitForExit(id, 3000);
      signal(id, 'SIGKILL');
      await this.#exited;
    }
    this.#id = undefined;
    this.#become('stopped');
  }

  /** Runs something else in its place, on the same ports. */
  async replace(spec: ProcessSpec): Promise<void> {
    await this.stop(new AbortController().signal);
    this.#spec = spec;
    await this.start();
  }

  #become(state: TopologyProcess['state']): void {
    this.#state = state;
    this.#listener.changed();
  }
}

function ended(): AbortController {
  const controller = new AbortController();
  controller.abort();
  return controller;
}
