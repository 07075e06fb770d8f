import type { Server, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Service } from '../processes.ts';
import type { Fleet } from './fleet.ts';
import type { Release } from './specs.ts';

/** A change of the running shop. It goes on when the connection ends. */
export type Order = { scale: Record<string, number> } | { deploy: Service; release: Release };

/** What a command asks of the supervisor, one JSON document a line. */
export type Request =
  /** The service is given back when the connection ends. */
  | { token: string; develop: Service; file: string }
  | { restart: true }
  | ({ token: string } & Order);

/** What it is told: a refusal is the last word, and so is that it is done. */
export type Answer = { refused: string } | { said: string } | { done: true };

export interface Development {
  /** Puts one process from `file` in the place of the service's replicas. */
  begin(service: Service, file: string): Promise<void>;
  restart(service: Service): Promise<void>;
  end(service: Service): Promise<void>;
}

interface Commanded {
  token: string;
  development: Development;
  fleet: Fleet;
  say(line: string): void;
}

/** Serves whoever can read the home's secrets. */
export function listenForControl(server: Server, commanded: Commanded): void {
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    void serve(socket, commanded).catch((error: unknown) => {
      commanded.say(`Refused: ${messageOf(error)}`);
      answer(socket, { refused: messageOf(error) });
      socket.end();
    });
  });
}

async function serve(socket: Socket, { token, development, fleet, say }: Commanded): Promise<void> {
  let service: Service | undefined;
  const tell = (line: string) => {
    say(line);
    answer(socket, { said: line });
  };
  try {
    for await (const line of createInterface({ input: socket })) {
      const request = JSON.parse(line) as Request;
      if ('restart' in request) {
        // What was just written may not run; the next version may.
        if (service !== undefined) await development.restart(service).catch((error: unknown) => answer(socket, { refused: messageOf(error) }));
        continue;
      }
      if (request.token !== token) throw new Error('a command without the right token was refused');
      if ('develop' in request) {
        await development.begin(request.develop, request.file);
        service = request.develop;
        continue;
      }
      if ('scale' in request) await fleet.scale(request.scale, tell);
      else await fleet.deploy(request.deploy, request.release, tell);
      answer(socket, { done: true });
    }
  } finally {
    if (service !== undefined) await development.end(service);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function answer(socket: Socket, message: Answer): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}
