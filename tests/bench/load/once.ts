import { gunzipSync } from 'node:zlib';
import { type Address, headerOf, type Reply, Wire } from './wire.ts';

/** An answer as a browser would get it, and its text. */
export interface Answer extends Reply {
  text: string;
}

/** @throws Error when it is not a 200 */
export async function fetchOnce(to: Address, path: string): Promise<Answer> {
  const wire = new Wire(to);
  try {
    const reply = await wire.send(`GET ${path} HTTP/1.1\r\nhost: ${to.host}:${to.port}\r\naccept-encoding: gzip\r\n\r\n`);
    if (reply.status !== 200) throw new Error(`GET ${path}: ${reply.status}`);
    const text = headerOf(reply, 'content-encoding') === 'gzip' ? gunzipSync(reply.body) : reply.body;
    return { ...reply, text: text.toString() };
  } finally {
    wire.close();
  }
}
