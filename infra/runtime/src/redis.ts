import { type Command, Redis } from 'ioredis';
import type { Log } from './log.ts';

export type { Redis };

/**
 * A connection that fails fast: 50 ms for a command, one retry, no queue while away.
 * Redis is never the only copy of anything, so whoever uses it goes on without it.
 */
export function createRedis({ url, log }: { url: string; log: Log }): Redis {
  const redis = new AttentiveRedis(url, {
    enableOfflineQueue: false,
    commandTimeout: 50,
    maxRetriesPerRequest: 1,
    connectTimeout: 500,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1000),
  });
  let away = false;
  redis.on('error', (error) => {
    if (!away) log.warn({ reason: error.message }, 'redis is away: going on without it');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info('redis is back');
    away = false;
  });
  return redis;
}

/**
 * Looks once more before it says that there was no answer. When the event loop is held for longer than a command may take, its
 * time is up before the answer that has long come is read: an overloaded process would do without Redis just then.
 */
class AttentiveRedis extends Redis {
  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    command.setTimeout = giveUpAfterALook;
    return super.sendCommand(command, stream);
  }
}

function giveUpAfterALook(this: Command, ms: number): void {
  // The name under which ioredis itself clears it with the answer.
  const timed = this as unknown as { _commandTimeoutTimer?: NodeJS.Timeout };
  timed._commandTimeoutTimer ??= setTimeout(() => setImmediate(() => {
    if (!this.isResolved) this.reject(new Error('Command timed out'));
  }), ms);
}
