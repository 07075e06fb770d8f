import { findChromium } from '../../infra/local/src/system/browser.ts';
import { joinTestServers } from '../../infra/local/src/testing/servers.ts';

/** One Postgres and one Redis for the run. Workers inherit the addresses and clone the template database. */
export default async function setUp(): Promise<void> {
  const servers = await joinTestServers();
  Object.assign(process.env, {
    EMALL_TEST_DATABASE: servers.database,
    EMALL_TEST_TEMPLATE: servers.template,
    EMALL_TEST_ROLES: JSON.stringify(servers.roles),
    EMALL_TEST_REDIS: servers.redis,
    EMALL_TEST_CHROMIUM: findChromium() ?? '',
  });
}
