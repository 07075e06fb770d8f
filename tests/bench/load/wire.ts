import { connect, type Socket } from 'node:net';

export interface Reply {
  status: number;
  /** Status line and headers as they came. */
  head: string;
  body: Buffer;
}

export interface Address {
  host: string;
  port: number;
  /** 127.x.y.z: one client among many. */
  from?: string;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_CHUNKS = Buffer.from('0\r\n\r\n');

/**
 * One keep-alive connection, one request on it at a time. Written for what it costs: a tenth of what `fetch` takes for the
 * same call, which leaves the processor to those that are measured.
 */
export class Wire {
  readonly #address: Address;
  #socket: Socket | undefined;
  #chunks: Buffer[] = [];
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;
  #head: { text: string; status: number; at: number; length: number | undefined } | undefined;

  constructor(address: Address) {
    this.#address = address;
  }

  /** @param request the whole of it, as it goes over the wire */
  send(request: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#open().write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    if (this.#socket && !this.#socket.destroyed && this.#socket.writable) return this.#socket;
    const { host, port, from } = this.#address;
    const socket = connect({ host, port, ...(from !== undefined && { localAddress: from }), noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(socket, error));
    socket.on('close', () => this.#fail(socket, new Error('the connection was closed')));
    this.#socket = socket;
    return socket;
  }

  #fail(socket: Socket, error: Error): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#finish()?.reject(error);
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    let all = this.#chunks.length === 1 ? chunk : undefined;
    if (!this.#head) {
      all ??= Buffer.concat(this.#chunks);
      const at = all.indexOf(END_OF_HEAD);
      if (at === -1) return;
      const text = all.toString('latin1', 0, at);
      const status = Number(text.slice(9, 12));
      const length = status === 304 || status === 204 ? 0 : lengthOf(text);
      this.#head = { text, status, at: at + END_OF_HEAD.length, length };
    }
    const { text, status, at, length } = this.#head;
    if (length !== undefined ? this.#size() < at + length : !chunkEnds(chunk, (all ??= Buffer.concat(this.#chunks)))) return;
    const body = (all ?? Buffer.concat(this.#chunks)).subarray(at);
    const closes = /\r\nconnection: close/i.test(text);
    const waiting = this.#finish();
    if (closes) this.close();
    waiting?.resolve({ status, head: text, body: length === undefined ? joinChunks(body) : body });
  }

  #size(): number {
    return this.#chunks.reduce((total, { length }) => total + length, 0);
  }

  #finish() {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#head = undefined;
    this.#chunks = [];
    return waiting;
  }
}

function chunkEnds(chunk: Buffer, all: Buffer): boolean {
  return (chunk.length >= END_OF_CHUNKS.length ? chunk : all).subarray(-END_OF_CHUNKS.length).equals(END_OF_CHUNKS);
}

function lengthOf(head: string): number | undefined {
  const found = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return found === undefined ? undefined : Number(found);
}

function joinChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

/** A header of an answer, by its name in small letters. */
export function headerOf({ head }: Reply, name: string): string | undefined {
  return new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(head)?.[1];
}
