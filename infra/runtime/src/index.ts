/** The one shared package: what every process needs and no word of commerce. */
export { type App, REQUEST_ID_HEADER } from './app.ts';
export { createCache, type Cache } from './cache.ts';
export { createClient, forward, signed } from './client.ts';
export { ConfigError, databaseEnv, identityEnv, loadConfig, redisEnv, serviceEnv, signingEnv } from './config.ts';
export { Deadline, DEADLINE_HEADER } from './deadline.ts';
export { errorHandler, sendProblem, toProblem } from './errors.ts';
export { createAdminServer, Readiness } from './health.ts';
export { IDENTITY_HEADER, type Identity, type IdentityKeys, parseIdentityKeys, signIdentity, verifyIdentity } from './identity.ts';
export { createLog, type Log, silentLog } from './log.ts';
export { migrate } from './migrate.ts';
export { statementsOf } from './observe.ts';
export { createDatabase, isDatabaseFault, isUniqueViolation, poolSize } from './postgres.ts';
export {
  defineProblem,
  forbidden,
  invalidRequest,
  notFound,
  type Problem,
  ProblemError,
  problemResponses,
  problemSchema,
  unauthenticated,
  unavailable,
} from './problems.ts';
export { createRedis, type Redis } from './redis.ts';
export { runService, type RunContext } from './run.ts';
export { createService, requireCaller } from './service.ts';
