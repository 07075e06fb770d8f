import pg from 'pg';
import { requestContext } from './context.ts';

/**
 * How many statements a connection has planned at once. A plan takes some 100 kB of the server's memory for as long as the
 * connection lives, and the texts of listings are a product of what can be filtered by: 1,920 listings brought eight
 * connections from 2 MB each to 30 to 60 MB within 20 s. What a service sends day in, day out are some dozens.
 */
const MOST_PREPARED = 100;

/** Kysely sends no statement names, so every call would be parsed and planned anew. The plan that was not used for the longest goes. */
export class PreparingClient extends pg.Client {
  /** Names by text, the one used last at the end. */
  readonly #prepared = new Map<string, string>();
  #names = 0;

  // oxlint-disable-next-line typescript/no-explicit-any -- pg's overloads cannot be restated: they are passed through
  override query(...args: any[]): any {
    const context = requestContext.getStore();
    if (context) context.statements += 1;
    const [text, values] = args;
    if (typeof text === 'string' && Array.isArray(values) && values.length > 0) {
      args.splice(0, 2, { name: this.#nameOf(text), text, values });
    }
    const result = super.query(...(args as Parameters<pg.Client['query']>)) as unknown as Promise<unknown> | undefined;
    result?.catch?.((error: pg.DatabaseError) => {
      // What was sent is still unanswered: whoever got this connection next would wait behind it.
      const unanswered = error.message === 'Query read timeout';
      // Of a server that another one has taken over from: a new connection leads to that.
      if (unanswered || error.code === READ_ONLY) retire(this as unknown as WatchedClient);
      if (unanswered) this.emit('unanswered');
    });
    return result;
  }

  #nameOf(text: string): string {
    const name = this.#prepared.get(text) ?? `s${(this.#names += 1)}`;
    this.#prepared.delete(text);
    this.#prepared.set(text, name);
    for (const [oldest, forgotten] of this.#prepared) {
      if (this.#prepared.size <= MOST_PREPARED) break;
      this.#prepared.delete(oldest);
      this.#forget(forgotten);
    }
    return name;
  }

  /** Goes out with the next statement, and is no error in any state of a transaction. Names are never given again. */
  #forget(name: string): void {
    const { connection } = this as unknown as WatchedClient;
    connection.close({ type: 'S', name });
    delete connection.parsedStatements[name];
  }
}

const READ_ONLY = '25006';

/** What pg's own pool reads of a client but its types do not tell. */
export interface WatchedClient extends NodeJS.EventEmitter {
  connection: NodeJS.EventEmitter & { parsedStatements: Record<string, string>; close(what: { type: 'S'; name: string }): void };
  _queryable: boolean;
}

/**
 * A connection that dies in use fails its query; without a listener of its own it would end the process as well.
 * The server's last message comes before the socket closes: from then on the pool must not lend the connection again.
 */
export function watch(client: WatchedClient, lost: (reason: string) => void): void {
  client.on('error', (error: Error) => lost(error.message));
  client.connection.on('errorMessage', ({ severity }: { severity: string }) => {
    if (severity === 'FATAL' || severity === 'PANIC') retire(client);
  });
}

/** The pool closes such a connection when it comes back instead of lending it again. */
function retire(client: WatchedClient): void {
  client._queryable = false;
}
