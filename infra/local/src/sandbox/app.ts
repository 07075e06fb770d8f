import formbody from '@fastify/formbody';
import type { Log } from '@emall/runtime';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { Adversary } from './adversary/adversary.ts';
import { controlRoutes } from './adversary/routes.ts';
import { apiRoutes } from './api/routes.ts';
import { type Behaviour, wellBehaved } from './behaviour.ts';
import { sufferFaults } from './faults.ts';
import { FormError, parseForm } from './form.ts';
import { HeldCalls } from './held-calls.ts';
import { Ledger } from './ledger.ts';
import { pageRoutes } from './page/routes.ts';
import { Provider } from './provider.ts';
import { ledgerRoutes } from './routes.ts';
import { Webhooks } from './webhooks.ts';

export interface SandboxOptions {
  secretKey: string;
  webhookSecret: string;
  webhookUrl: string;
  /** Where the payment page is opened, such as http://localhost:9000. */
  publicOrigin: string;
  stateFile?: string;
  behaviour?: Behaviour;
  log: Log;
}

const SWEEP_MS = 1000;

/** A payment provider on one machine: Stripe's API for the shop, a page for the shopper, webhooks, and books of its own. */
export async function buildSandbox({ secretKey, webhookSecret, webhookUrl, publicOrigin: origin, stateFile, behaviour: usual = wellBehaved, log }: SandboxOptions): Promise<FastifyInstance> {
  const ledger = new Ledger(stateFile);
  const behaviour = new Adversary(usual);
  const held = new HeldCalls();
  const webhooks = new Webhooks({ ledger, url: webhookUrl, secret: webhookSecret, behaviour, log });
  const provider = new Provider({ ledger, webhooks, origin });

  const app: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    // What arrives here can hold card numbers.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 256 * 1024,
    requestTimeout: 10_000,
    routerOptions: { maxParamLength: 200 },
  });
  await app.register(formbody, { parser });
  app.addHook('preValidation', async ({ body }) => {
    if (body instanceof FormError) throw body;
  });
  await app.register(async (api) => {
    sufferFaults(api, { behaviour, held, webhooks, ledger });
    await apiRoutes(api, { ledger, provider, secretKey, origin });
  }, { prefix: '/v1' });
  await app.register(async (page) => {
    sufferFaults(page, { behaviour, held, webhooks, ledger });
    await pageRoutes(page, { provider });
  });
  await app.register(ledgerRoutes, { ledger });
  const letGo = () => {
    held.letGo();
    webhooks.letGo();
  };
  await app.register(controlRoutes, { adversary: behaviour, letGo, secretKey });

  const sweep = setInterval(() => {
    provider.expireOverdue();
    ledger.forgetOldKeys();
  }, SWEEP_MS);
  sweep.unref();
  // A server closes once its last connection has.
  app.addHook('preClose', async () => held.close());
  app.addHook('onClose', async () => {
    clearInterval(sweep);
    webhooks.stop();
    ledger.close();
  });
  return app;
}

/** An error that is thrown while Fastify parses a body would end the process; returned, it becomes a 400. */
function parser(text: string): Record<string, unknown> {
  try {
    return parseForm(text);
  } catch (error) {
    return error as FormError & Record<string, unknown>;
  }
}
