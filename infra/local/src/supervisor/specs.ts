import { join } from 'node:path';
import { bundleFile, bundleVersion } from '../build/bundles.ts';
import type { Home } from '../home.ts';
import { edgeCommand, LEFT_OUT_MS, nginxVersion } from '../nginx.ts';
import { prepareCluster } from '../postgres/cluster.ts';
import type { PostgresPlace } from '../postgres/place.ts';
import { clearStaleLock, postgresCommand, STOP_POSTGRES, waitForPostgres } from '../postgres/server.ts';
import { type Service, services, type Shop } from '../processes.ts';
import { redisCommand, redisVersion, waitForRedis } from '../redis.ts';
import type { Command } from '../system/spawn.ts';
import type { ReplicaPorts } from './ports.ts';
import { waitForListener, waitForReadiness } from './ready.ts';
import type { ProcessSpec } from './supervised.ts';

const logOf = (home: Home, name: string) => join(home.logs, `${name}.log`);

export function postgresSpec(home: Home, place: PostgresPlace, port: number, password: string, unreserved: boolean): ProcessSpec {
  return {
    ...single('postgres', home, port, place.version),
    command: postgresCommand(place),
    stopSignal: STOP_POSTGRES,
    prepare: async () => {
      clearStaleLock(place);
      await prepareCluster(place, { port, password, unreserved });
    },
    ready: (id) => waitForPostgres(place, id, port),
  };
}

export function redisSpec(home: Home, port: number, password: string): ProcessSpec {
  return {
    ...single('redis', home, port, redisVersion()),
    command: redisCommand({ port, password }),
    stopSignal: 'SIGTERM',
    ready: (id) => waitForRedis(id, port, password),
  };
}

export function nginxSpec(home: Home, port: number): ProcessSpec {
  return {
    ...single('nginx', home, port, nginxVersion()),
    command: edgeCommand(home),
    // "Quit": the listening sockets close at once, requests in flight are finished.
    stopSignal: 'SIGQUIT',
    ready: (id) => waitForListener(id, port),
  };
}

export function sandboxSpec(home: Home, port: number, env: Record<string, string>): ProcessSpec {
  return {
    ...single('sandbox', home, port, bundleVersion(home, 'sandbox')),
    command: node(bundleFile(home, 'sandbox'), { HOST: '127.0.0.1', PORT: String(port), ...env }),
    stopSignal: 'SIGTERM',
    ready: (id) => waitForListener(id, port),
  };
}

/** What the replicas of a service run. */
export interface Release {
  version: string;
  file: string;
  /** Names the static files of a storefront that was built elsewhere. */
  manifest?: string;
  /** Brings the schema of its service to what this version says, before it runs. */
  migration?: string;
}

/** What `npm start` runs: the bundle of this tree. */
export function treeRelease(home: Home, service: Service): Release {
  return { version: bundleVersion(home, service), file: bundleFile(home, service) };
}

/** One replica of a service. @param patienceMs how long it may take to become ready */
export function replicaSpec(home: Home, shop: Shop, service: Service, replica: number, at: ReplicaPorts, release: Release, patienceMs?: number): ProcessSpec {
  const name = `${service}-${replica}`;
  const { version, file, manifest = shop.manifest } = release;
  const env = {
    HOST: '127.0.0.1',
    PORT: String(at.port),
    ADMIN_PORT: String(at.adminPort),
    LOG_LEVEL: shop.settings.LOG_LEVEL,
    SERVICE_VERSION: version,
    REPLICA: name,
    WITHOUT: shop.settings.EMALL_WITHOUT,
    ...services[service].env({ ...shop, manifest }),
  };
  return { name, service, replica, version, ...at, log: logOf(home, name), command: node(file, env), stopSignal: 'SIGTERM', leftOutMs: LEFT_OUT_MS, ready: (id) => waitForReadiness(id, at.adminPort, patienceMs) };
}

function single(name: string, home: Home, port: number, version: string) {
  return { name, service: name, replica: 1, version, port, log: logOf(home, name) };
}

/** Our own programs get what they are told and nothing else of the environment we happen to have. */
export function node(file: string, env: Record<string, string>, args: string[] = []): Command {
  return { file: process.execPath, args: [file, ...args], env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', NODE_ENV: 'production', ...env } };
}
