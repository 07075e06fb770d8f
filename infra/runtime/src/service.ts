import { randomUUID } from 'node:crypto';
import fastifySwagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController, type RouteHandlerMethod } from 'fastify';
import { type App, REQUEST_ID_HEADER } from './app.ts';
import { beginWork, requestContext } from './context.ts';
import { Deadline } from './deadline.ts';
import { answerProblem, notFoundHandler, refuseMalformed } from './errors.ts';
import { type IdentityKeys, IDENTITY_HEADER, verifyIdentity } from './identity.ts';
import { type Log, silentLog } from './log.ts';
import { observeRequests } from './observe.ts';
import { forbidden, problemSchema, unauthenticated, unavailable } from './problems.ts';
import { acceptJsonOnly, closed, parseQuery, refuseUnreadable, validatorCompiler } from './validation.ts';

export interface ServiceOptions {
  name: string;
  version: string;
  log?: Log;
  /** Callers whose identities are accepted; without them nobody has one. */
  identityKeys?: IdentityKeys;
  /** Addresses of proxies whose X-Forwarded-For is believed. Never a number: that gives every shopper the proxy's address. */
  trustProxy?: string[];
  /** Largest body in bytes. */
  bodyLimit?: number;
  /** How errors are answered; as a problem document unless told otherwise. */
  onError?: (error: unknown, request: FastifyRequest, reply: FastifyReply) => unknown;
}

/** For a request to arrive whole. Node takes the larger of this and `headersTimeout` (60 s) for bodies, and looks every 30 s unless told. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Answered by every process without asking anybody: whether it is there, and gets to its work. */
export const ALIVE_PATH = '/-/alive';
const REQUEST_ID = /^[A-Za-z0-9-]{8,64}$/;

/** The HTTP side that all services share: problems, strict input, identity, deadlines, request ids, metrics, contract. */
export async function createService({ name, version, log = silentLog, identityKeys, trustProxy, bodyLimit = 65_536, onError = answerProblem }: ServiceOptions): Promise<App> {
  const app: App = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: 1000 },
    // An address that cannot be read is answered as the service answers its other errors: as a page, where it has pages.
    frameworkErrors: (error, request, reply) => onError(error, request, reply),
    clientErrorHandler: refuseMalformed,
    return503OnClosing: false,
    ...(trustProxy && { trustProxy }),
    genReqId: ({ headers }) => {
      const given = headers[REQUEST_ID_HEADER];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    routerOptions: { querystringParser: parseQuery, maxParamLength: 200 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  acceptJsonOnly(app as unknown as FastifyInstance);
  app.addSchema(problemSchema);
  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler(onError);
  app.setNotFoundHandler(notFoundHandler(app));
  app.addHook('onRoute', (route) => {
    if (route.schema?.body) route.schema.body = closed(route.schema.body);
    route.handler = counted(route.handler);
  });

  decorate(app, identityKeys);
  observeRequests(app);
  app.get(ALIVE_PATH, (_request, reply) => reply.code(204).header('cache-control', 'no-store').send());
  app.addHook('preValidation', (request, _reply, done) => {
    // Its body came after that, or it waited to be let in: nobody waits for the answer.
    if (request.deadline.remaining() === 0) throw unavailable({ detail: 'This came too late to be done in time. Please try again.' });
    refuseUnreadable(request);
    done();
  });
  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: name, version } },
    // A shared schema keeps its name in the contract, and in the types made from it.
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json['$id'] ?? `schema-${index}`) },
  });
  return app;
}

/** Counts what a handler does as work of the request until it is done, whether or not anybody waits for its answer. */
function counted(handler: RouteHandlerMethod): RouteHandlerMethod {
  return function (request, reply) {
    const context = requestContext.getStore();
    const result: unknown = handler.call(this, request, reply);
    if (context && result instanceof Promise) {
      const over = beginWork(context);
      result.then(over, over);
    }
    return result;
  };
}

function decorate(app: App, keys: IdentityKeys | undefined): void {
  app.decorateRequest('identity', {
    getter() {
      const header = this.headers[IDENTITY_HEADER];
      return keys && typeof header === 'string' ? verifyIdentity(header, keys) : undefined;
    },
  });
  app.decorateRequest('shopper', {
    getter() {
      return (this.identity ?? raise(unauthenticated())).shopper;
    },
  });
  app.decorateRequest('caller', {
    getter() {
      return (this.identity ?? raise(unauthenticated())).caller;
    },
  });
  app.decorateRequest('deadline', {
    getter() {
      return Deadline.of(this);
    },
  });
}

function raise(error: Error): never {
  throw error;
}

/** A preHandler: only these processes may call, and only in somebody's name. */
export function requireCaller(...callers: string[]) {
  return async (request: { readonly caller: string }): Promise<void> => {
    if (!callers.includes(request.caller)) throw forbidden();
  };
}
