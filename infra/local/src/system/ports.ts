import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { commandOf, listenersOn } from './processes.ts';

/** Below the range from which the kernel takes ports for outgoing calls: a replica that restarts finds its port still free. */
const LOWEST = 20_000;
const WIDTH = 10_000;

/**
 * Free ports on the loopback interface. A home begins its search at a place of its own,
 * so that two shops seldom meet and a shop gets the same ports again.
 * @param promised a port that is free now and meant for something else
 */
export async function freePorts(count: number, owner: string, promised = 0): Promise<number[]> {
  const held: Server[] = [];
  const start = createHash('sha256').update(owner).digest().readUInt32BE(0) % WIDTH;
  try {
    for (let step = 0; held.length < count && step < WIDTH; step += 1) {
      const port = LOWEST + ((start + step) % WIDTH);
      const server = port === promised ? undefined : await tryPort(port);
      if (server !== undefined) held.push(server);
    }
    if (held.length < count) throw new Error(`only ${held.length} of ${count} free ports were found`);
    return held.map((server) => (server.address() as { port: number }).port);
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** One free port; see `freePorts`. */
export async function freePort(owner: string): Promise<number> {
  const [port] = await freePorts(1, owner);
  return port ?? 0;
}

async function tryPort(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

export async function isFree(port: number): Promise<boolean> {
  const server = await tryPort(port);
  if (server === undefined) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** Who listens on a port, in words; empty when it cannot be told. */
export function whoListens(port: number): string {
  return listenersOn(port).slice(0, 1).map((pid) => `${shorten(commandOf(pid))} (pid ${pid})`).join('');
}

function shorten(command: string): string {
  return command.length > 80 ? `${command.slice(0, 77)}...` : command;
}

/** The start of the kernel's own range, for the test that ours lies below it. */
export function outgoingPorts(): { first: number } {
  try {
    return { first: Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/)[0]) };
  } catch {
    return { first: 49_152 };
  }
}
