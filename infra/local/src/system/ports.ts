import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { commandOf, listenersOn } from './processes.ts';

// All below 32768, from where the kernel takes ports for outgoing calls: a replica that restarts finds its port still free.
const BLOCKS = { from: 20_000, count: 40, size: 200 };
const SINGLE = { from: 28_000, count: 4_500 };

/** A block of ports that no other shop will take while `holder` listens on the first of them. */
export interface PortBlock {
  holder: Server;
  ports: number[];
  /** Further ones, those first that nobody has used for longest. */
  more(count: number): Promise<number[]>;
  giveBack(ports: number[]): void;
}

/**
 * Free ports on the loopback interface for one shop. Listening on the first port of the block is the claim to all of
 * it: between the search and the moment when its processes listen, another shop must not find the same ports free.
 * An owner begins at a place of its own, so that a shop gets the same ports again.
 * @param promised a port that is free now and meant for something else
 */
export async function claimPorts(count: number, owner: string, promised: number): Promise<PortBlock> {
  const start = placeOf(owner, BLOCKS.count);
  for (let step = 0; step < BLOCKS.count; step += 1) {
    const first = BLOCKS.from + ((start + step) % BLOCKS.count) * BLOCKS.size;
    const holder = first === promised ? undefined : await listenOn(first);
    if (holder === undefined) continue;
    const block = portsOf(first + 1, BLOCKS.size - 1, promised);
    const ports = await block.more(count).catch(() => undefined);
    if (ports !== undefined) return { holder, ports, ...block };
    await close(holder);
  }
  throw new Error(`${count} free ports in one block were not found between ${BLOCKS.from} and ${BLOCKS.from + BLOCKS.count * BLOCKS.size}`);
}

function portsOf(first: number, size: number, promised: number): Pick<PortBlock, 'more' | 'giveBack'> {
  const unused = Array.from({ length: size }, (_, index) => first + index);
  return {
    async more(count) {
      const ports = await freeAmong(unused, count, promised);
      if (ports.length < count) throw new Error(`${count} more free ports were not found between ${first} and ${first + size - 1}`);
      for (const port of ports) unused.splice(unused.indexOf(port), 1);
      return ports;
    },
    giveBack: (ports) => void unused.push(...ports),
  };
}

/** Free ports outside the blocks, for single processes. They may be taken by somebody else before they are used. */
export async function freePorts(count: number, owner: string): Promise<number[]> {
  const start = placeOf(owner, SINGLE.count);
  const ports = await freeAmong(Array.from({ length: SINGLE.count }, (_, index) => SINGLE.from + ((start + index) % SINGLE.count)), count);
  if (ports.length < count) throw new Error(`only ${ports.length} of ${count} free ports were found`);
  return ports;
}

/** One of them. */
export async function freePort(owner: string): Promise<number> {
  const [port = 0] = await freePorts(1, owner);
  return port;
}

/** A free port may be taken before it is used: then with the next one. */
export async function retry<T>(start: () => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; attempt < attempts; attempt += 1) {
    try {
      return await start();
    } catch {
      // Said by the last attempt, if that fails too.
    }
  }
  return start();
}

export async function isFree(port: number): Promise<boolean> {
  const server = await listenOn(port);
  if (server !== undefined) await close(server);
  return server !== undefined;
}

/** Who listens on a port, in words; empty when it cannot be told. */
export function whoListens(port: number): string {
  return listenersOn(port).slice(0, 1).map((pid) => `${shorten(commandOf(pid))} (pid ${pid})`).join('');
}

async function freeAmong(candidates: number[], count: number, promised = 0): Promise<number[]> {
  const held: Server[] = [];
  for (const port of candidates) {
    if (held.length === count) break;
    const server = port === promised ? undefined : await listenOn(port);
    if (server !== undefined) held.push(server);
  }
  const ports = held.map((server) => (server.address() as { port: number }).port);
  await Promise.all(held.map(close));
  return ports;
}

async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function placeOf(owner: string, places: number): number {
  return createHash('sha256').update(owner).digest().readUInt32BE(0) % places;
}

function shorten(command: string): string {
  return command.length > 80 ? `${command.slice(0, 77)}...` : command;
}
