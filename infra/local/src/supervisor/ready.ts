import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../fault.ts';
import { isAlive, listensOn, type ProcessId } from '../system/processes.ts';

const PATIENCE_MS = 60_000;

/** Waits until this very process listens on the port. */
export async function waitForListener(id: ProcessId, port: number): Promise<void> {
  await until(id, () => listensOn(id.pid, port), {});
}

/** Waits until `/readyz` of this very process says yes. */
export async function waitForReadiness(id: ProcessId, adminPort: number, patienceMs = PATIENCE_MS): Promise<void> {
  await until(id, () => listensOn(id.pid, adminPort), { patienceMs });
  let said = '';
  await until(id, async () => {
    const { ready, words } = await askReadiness(adminPort);
    said = words;
    return ready;
  }, { patienceMs, hint: () => said });
}

/** What a process says of itself. */
export async function askReadiness(adminPort: number): Promise<{ ready: boolean; words: string }> {
  try {
    const response = await fetch(`http://127.0.0.1:${adminPort}/readyz`, { signal: AbortSignal.timeout(1000) });
    const { draining, dependencies = {} } = (await response.json()) as { draining?: boolean; dependencies?: Record<string, string> };
    const faults = Object.entries(dependencies).filter(([, state]) => state !== 'ok').map(([name, state]) => `${name}: ${state}`);
    const words = draining ? 'draining' : faults.join('; ');
    return { ready: response.status === 200, words: words || (response.status === 200 ? 'ready' : `answers ${response.status}`) };
  } catch {
    return { ready: false, words: 'does not answer' };
  }
}

async function until(id: ProcessId, done: () => boolean | Promise<boolean>, { patienceMs = PATIENCE_MS, hint = () => '' }: { patienceMs?: number; hint?: () => string }): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await done())) {
    if (!isAlive(id)) throw new Fault('it ended before it was ready');
    if (performance.now() > end) throw new Fault(`it was not ready within ${patienceMs / 1000} s${hint() && ` (${hint()})`}`);
    await sleep(40);
  }
}
