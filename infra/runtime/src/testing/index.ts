/** Helpers for tests on real Postgres and Redis. */
export { withConflicts } from './conflicts.ts';
export { PATIENCE_MS, type TestDatabase, testDatabase } from './database.ts';
export { asShopper, callerHeaders, newShopper, testIdentityKeys } from './identity.ts';
export { insist } from './insist.ts';
export { recordLog } from './record-log.ts';
export { testRedis } from './redis.ts';
export { countStatements, statementsOfWork, tellStatements } from './statements.ts';
export { rowsWalked } from './scans.ts';
export { fakeUpstream, type UpstreamAnswer, type UpstreamCall, type UpstreamHandler } from './upstream.ts';
