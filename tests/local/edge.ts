import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Protection, protections } from '@emall/runtime';
import { type Home, openHome, ROOT } from '../../infra/local/src/home.ts';
import { edgeCommand, forgetPages, writeNginx } from '../../infra/local/src/nginx.ts';
import { internalServices } from '../../infra/local/src/processes.ts';
import { freePorts, retry } from '../../infra/local/src/system/ports.ts';
import { isAlive, listensOn, type ProcessId, stopProcess } from '../../infra/local/src/system/processes.ts';
import { spawnDetached } from '../../infra/local/src/system/spawn.ts';
import { until } from './shop.ts';

export interface EdgeAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** nginx with the configuration of a shop, before servers that do what a test tells them. */
export class TestEdge {
  readonly home: Home = openHome(mkdtempSync(join(tmpdir(), "emall's edge; ")));
  /** What reached the replicas, in the order in which it came. */
  readonly seen: { replica: number; request: IncomingMessage }[] = [];
  readonly behaviour: RequestListener[] = [];
  port = 0;
  /** Of the internal listeners, in the order of `internalServices`. */
  inside: number[] = [];
  #nginx: ProcessId | undefined;
  readonly #servers: Server[] = [];
  #replicas: number[] = [];

  async prepare(replicas: number, usual: RequestListener): Promise<void> {
    for (let index = 0; index < replicas; index += 1) this.#replicas.push(await this.#startReplica(index, usual));
    mkdirSync(join(this.home.static, 'pictures'), { recursive: true });
    for (const page of ['busy.html', 'busy-sent.html', 'refused.html', 'busy.css']) cpSync(join(ROOT, 'nginx', page), join(this.home.static, page));
  }

  /** Anew, with nothing cached and no replica known to fail. */
  start(...without: Protection[]): Promise<void> {
    this.seen.length = 0;
    this.behaviour.length = 0;
    return retry(async () => {
      const [edge = 0, ...inside] = await freePorts(1 + internalServices.length, this.home.path);
      Object.assign(this, { port: edge, inside });
      const left = new Set(protections.filter((each) => !without.includes(each)));
      forgetPages(this.home);
      writeNginx(this.home, {
        edgePort: edge,
        publicUrl: `http://127.0.0.1:${edge}`,
        gateways: this.#replicas,
        internal: internalServices.map((service, index) => ({ service, port: inside[index] ?? 0, replicas: this.#replicas })),
        protections: left,
      });
      const nginx = spawnDetached(edgeCommand(this.home), join(this.home.logs, 'nginx.log')).id;
      this.#nginx = nginx;
      await until(() => listensOn(nginx.pid, edge) || !isAlive(nginx), 10_000, () => 'nginx does not listen');
      if (!isAlive(nginx)) throw new Error('nginx does not run');
    });
  }

  async stop(): Promise<void> {
    if (this.#nginx) await stopProcess(this.#nginx, 'SIGTERM');
  }

  close(): void {
    for (const server of this.#servers) server.close().closeAllConnections();
    rmSync(this.home.path, { recursive: true, force: true });
  }

  /** All at once: connected before the first of them is sent, from as many addresses as the limit for one makes needed. */
  async ask(times: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<EdgeAnswer[]> {
    const sockets = await Promise.all(Array.from({ length: times }, (_, index) => this.#open(`127.0.0.${1 + Math.floor(index / 400)}`)));
    const head = Object.entries({ host: `127.0.0.1:${this.port}`, connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const answers = sockets.map(readAnswer);
    for (const socket of sockets) socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n`);
    return Promise.all(answers);
  }

  async get(path: string, headers?: Record<string, string>, method?: string): Promise<EdgeAnswer> {
    const [answer] = await this.ask(1, path, headers, method);
    return answer as EdgeAnswer;
  }

  #open(from: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: this.port, host: '127.0.0.1', localAddress: from }, () => resolve(socket));
      socket.once('error', reject);
    });
  }

  async #startReplica(index: number, usual: RequestListener): Promise<number> {
    const server = createServer((request, response) => {
      this.seen.push({ replica: index, request });
      request.resume().on('end', () => (this.behaviour[index] ?? usual)(request, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }
}

/** As it came over the wire until the connection was closed: a client of our own would unpack and hide what is compared here. */
async function readAnswer(socket: Socket): Promise<EdgeAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  const end = all.indexOf('\r\n\r\n');
  const [line = '', ...lines] = all.subarray(0, end).toString().split('\r\n');
  const headers = Object.fromEntries(lines.map((each) => [each.slice(0, each.indexOf(':')).toLowerCase(), each.slice(each.indexOf(':') + 2)]));
  const body = all.subarray(end + 4);
  return { status: Number(line.split(' ')[1]), headers, body: headers['transfer-encoding'] === 'chunked' ? unchunked(body) : body };
}

function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString(), 16);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
  return Buffer.concat(parts);
}
