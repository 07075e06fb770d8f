/** The one shared package: what every process needs and no word of commerce. */
export { type App, REQUEST_ID_HEADER } from './app.ts';
export { Breaker, CallRefused, type Outcome } from './breaker.ts';
export { type Answer, type Cache, createCache, type Layer, withoutCache } from './cache/cache.ts';
export type { Freshness } from './cache/freshness.ts';
export { type ClientOptions, createClient, forward, signed } from './client.ts';
export { inTransaction, retryConflicts } from './conflicts.ts';
export { ConfigError, databaseEnv, identityEnv, loadConfig, redisEnv, serviceEnv, signingEnv } from './config.ts';
export { beginWork, requestContext } from './context.ts';
export { Deadline, DEADLINE_HEADER, timeLimit } from './deadline.ts';
export { guardRequests, REFUSED_HEADER } from './overload/guard.ts';
export { Limiter } from './overload/limiter.ts';
export { addWaits, outside, WAITED_HEADER } from './overload/outside.ts';
export { isWorthMost, type Worth, WORTH_HEADER } from './overload/worth.ts';
export { sendProblem, toProblem } from './errors.ts';
export { IDENTITY_HEADER, type Identity, type IdentityKeys, parseIdentityKeys, signIdentity, verifyIdentity } from './identity.ts';
export { Room } from './room.ts';
export { keepingCount, repeatWhenClosed } from './kept-connections.ts';
export { createLog, type Log, silentLog } from './log.ts';
export { jobRuns, limitedRequests } from './metrics.ts';
export { migrate } from './migrate.ts';
export { isNoAnswer } from './no-answer.ts';
export { statementsOf } from './observe.ts';
export { isUniqueViolation } from './database-faults.ts';
export { createDatabase, createPool, poolSize } from './postgres.ts';
export { type Protection, type Protections, protections, protectionsWithout, withoutEnv } from './protections.ts';
export {
  defineProblem,
  invalidRequest,
  notFound,
  type Problem,
  ProblemError,
  problemResponses,
  unauthenticated,
  unavailable,
} from './problems.ts';
export { createRedis, type Redis } from './redis.ts';
export { runService } from './run.ts';
export { ALIVE_PATH, createService, requireCaller } from './service.ts';
