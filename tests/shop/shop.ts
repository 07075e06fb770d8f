import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Topology } from '../../infra/local/src/topology.ts';

const root = join(import.meta.dirname, '../..');
const START_MS = 120_000;

/** A whole shop of a test's own: its state in a temporary folder, its edge on a free port. A running shop never notices. */
export interface TestShop {
  url: string;
  home: string;
  topology(): Promise<Topology>;
  /** Runs an `emall` command in this shop. */
  emall(...args: string[]): Promise<{ code: number | null; output: string }>;
  stop(): Promise<void>;
}

/** Starts one and waits until it is open. @throws with everything it said when it does not open */
export async function openShop(settings: NodeJS.ProcessEnv = {}): Promise<TestShop> {
  const home = await mkdtemp(join(tmpdir(), 'emall-shop-'));
  const port = await freePort();
  const env = { ...process.env, ...settings, EMALL_HOME: home, EMALL_PORT: String(port) };
  const supervisor = spawn(process.execPath, [join(root, 'infra/local/src/cli.ts'), 'up'], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = await untilOpen(supervisor);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    home,
    topology: async () => JSON.parse(await readFile(join(home, 'topology.json'), 'utf8')) as Topology,
    emall: (...args) => run([join(root, 'infra/local/src/cli.ts'), ...args], env),
    stop: async () => {
      await ended(supervisor, 'SIGTERM');
      if (supervisor.exitCode !== 0) throw new Error(`the shop stopped with ${supervisor.exitCode}:\n${said.text}`);
      await rm(home, { recursive: true, force: true });
    },
  };
}

function untilOpen(supervisor: ChildProcess): Promise<{ text: string }> {
  const said = { text: '' };
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      supervisor.kill('SIGTERM');
      reject(new Error(`the shop did not open within ${START_MS / 1000} s:\n${said.text}`));
    }, START_MS);
    const hear = (chunk: Buffer) => {
      said.text += chunk.toString();
      if (!said.text.includes('The shop is open')) return;
      clearTimeout(late);
      resolve(said);
    };
    supervisor.stdout?.on('data', hear);
    supervisor.stderr?.on('data', hear);
    supervisor.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the shop did not open, it ended with ${code}:\n${said.text}`));
    });
  });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

function run(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, output }));
  });
}

/** Free now; a shop that finds it taken says so and the test fails with its words. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
