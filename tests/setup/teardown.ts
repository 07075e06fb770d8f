import { leaveTestServers } from '../../infra/local/src/testing/servers.ts';

export default async function tearDown(): Promise<void> {
  await leaveTestServers();
}
