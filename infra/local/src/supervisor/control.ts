import type { Server, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Service } from '../processes.ts';

/** What `emall dev` asks of the supervisor, one JSON document a line. The service is given back when the connection ends. */
export type Request = { token: string; develop: Service; file: string } | { restart: true };
export type Answer = { refused: string };

export interface Development {
  /** Puts one process from `file` in the place of the service's replicas. */
  begin(service: Service, file: string): Promise<void>;
  restart(service: Service): Promise<void>;
  end(service: Service): Promise<void>;
}

/** Serves whoever can read the home's secrets. */
export function listenForControl(server: Server, token: string, development: Development, say: (line: string) => void): void {
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    void serve(socket, token, development).catch((error: unknown) => {
      say(`dev: ${messageOf(error)}`);
      answer(socket, { refused: messageOf(error) });
      socket.end();
    });
  });
}

async function serve(socket: Socket, token: string, development: Development): Promise<void> {
  let service: Service | undefined;
  try {
    for await (const line of createInterface({ input: socket })) {
      const request = JSON.parse(line) as Request;
      if ('develop' in request && service === undefined) {
        if (request.token !== token) throw new Error('a command without the right token was refused');
        service = request.develop;
        await development.begin(service, request.file);
      } else if (service !== undefined) {
        // What was just written may not run; the next version may.
        await development.restart(service).catch((error: unknown) => answer(socket, { refused: messageOf(error) }));
      }
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
