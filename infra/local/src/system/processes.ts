import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that can be told from a later one with the same number. */
export interface ProcessId {
  pid: number;
  /** Boot and start tick on Linux, start time elsewhere: never the same for two processes with one pid. */
  started: string;
}

const linux = process.platform === 'linux';

export function identify(pid: number): ProcessId | undefined {
  const started = linux ? startOnLinux(pid) : startByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

function startOnLinux(pid: number): string | undefined {
  const stat = statOf(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)}/${stat.start}`;
}

/** What Linux says of a process (proc_pid_stat(5)); undefined when there is none. */
export function statOf(pid: number | string): { state: string; parent: number; session: number; start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets and may hold spaces and brackets itself.
    const [state = '', parent, , session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent), session: Number(session), start: rest[15] ?? '' };
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=,stat=', '-p', String(pid)], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  const line = stdout?.trim() ?? '';
  return line === '' || /\sZ\S*$/.test(line) ? undefined : line.replace(/\s+\S+$/, '');
}

export function isAlive({ pid, started }: ProcessId): boolean {
  return identify(pid)?.started === started;
}

/** Sends a signal only if the pid is still the process that was recorded. */
export function signal(target: ProcessId, name: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, name);
  } catch {
    return false;
  }
}

export async function waitForExit(target: ProcessId, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (isAlive(target)) {
    if (performance.now() > end) return false;
    await sleep(20);
  }
  return true;
}

/** Asks, waits, and then insists. */
export async function stopProcess(target: ProcessId, name: NodeJS.Signals = 'SIGTERM', graceMs = 10_000): Promise<void> {
  if (!signal(target, name)) return;
  if (await waitForExit(target, graceMs)) return;
  signal(target, 'SIGKILL');
  await waitForExit(target, 5000);
}

/** The folder a process runs in; undefined where the system does not tell. */
export function folderOf(pid: number): string | undefined {
  if (!linux) return undefined;
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

export function commandOf(pid: number): string {
  if (!linux) return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** The processes that it has started and that run. */
export function childrenOf({ pid: parent }: ProcessId): ProcessId[] {
  const pids = linux ? readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)?.parent === parent) : childrenByPs(parent);
  return pids.map((pid) => identify(Number(pid))).filter((id) => id !== undefined);
}

function childrenByPs(parent: number): string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/)).filter(([of]) => of === String(parent)).map(([, pid = '']) => pid);
}

/** The processes that listen on a TCP port of this machine, as far as we may see them. */
export function listenersOn(port: number): number[] {
  if (!linux) {
    const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], { encoding: 'utf8' });
    return (stdout ?? '').split('\n').filter(Boolean).map(Number);
  }
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return [];
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => holdsOneOf(pid, sockets)).map(Number);
}

/** True when this very process listens on the port: what answers there is not somebody else. */
export function listensOn(pid: number, port: number): boolean {
  return linux ? holdsOneOf(String(pid), listeningSockets(port)) : listenersOn(port).includes(pid);
}

function listeningSockets(port: number): Set<string> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readTable(table)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === '0A' && local?.endsWith(`:${wanted}`)) sockets.add(`socket:[${inode}]`);
    }
  }
  return sockets;
}

function readTable(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

function holdsOneOf(pid: string, sockets: Set<string>): boolean {
  return sockets.size > 0 && openFiles(pid).some((file) => sockets.has(file));
}

/** What a process has open, as far as it can be told. */
function openFiles(pid: string): string[] {
  try {
    const files = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return files.length > 0 && files.every((file) => file === undefined) ? openFilesToItsUser(pid) : files.filter((file) => file !== undefined);
  } catch {
    return [];
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** In a container root may list what another user's process has open, but not look at it (CAP_SYS_PTRACE). That user may. */
function openFilesToItsUser(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  const { uid, gid } = statSync(`/proc/${pid}`);
  const { stdout } = spawnSync('ls', ['-l', folder], { uid, gid, cwd: '/', encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
  return (stdout ?? '').split('\n').flatMap((line) => line.split(' -> ')[1] ?? []);
}
