import { rmSync } from 'node:fs';
import { readJson, writeFileAtomically } from './files.ts';
import type { Home } from './home.ts';
import type { ProcessId } from './system/processes.ts';

/** What runs, for people, for `emall`, and for tests that drive or break a shop. No secret is in it: those lie in secrets.json. */
export interface Topology {
  baseUrl: string;
  currency: string;
  home: string;
  startedAt: string;
  supervisor: ProcessId & { command: string; log: string; /** Where `emall dev` speaks with it. */ controlPort: number };
  processes: TopologyProcess[];
  database: DatabaseAddress & { /** The embedded server's; absent with DATABASE_URL. */ dataDirectory?: string; programs?: string };
  redis: { host: string; port: number };
  /** Absent when a real payment provider is set. */
  sandbox?: { url: string };
}

export interface DatabaseAddress {
  host: string;
  port: number;
  name: string;
  /** How the connection is made safe, where DATABASE_URL says it: `sslmode=verify-full&sslrootcert=…`. */
  tls?: string;
}

export interface TopologyProcess extends ProcessId {
  name: string;
  service: string;
  replica: number;
  version: string;
  port: number;
  adminPort?: number;
  state: 'starting' | 'ready' | 'restarting' | 'draining' | 'stopped';
  restarts: number;
  startedAt: string;
  log: string;
  command: string[];
}

export function readTopology(home: Home): Topology | undefined {
  return readJson<Topology>(home.topology);
}

export function writeTopology(home: Home, topology: Topology): void {
  writeFileAtomically(home.topology, `${JSON.stringify(topology, null, 2)}\n`);
}

export function removeTopology(home: Home): void {
  rmSync(home.topology, { force: true });
}
