import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Deadline } from './deadline.ts';
import type { Identity } from './identity.ts';

/** Goes with a request through every hop and log line. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** A Fastify instance whose routes take their types from TypeBox schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who the call is for. @throws unauthenticated (401) without a valid identity */
    readonly shopper: string;
    /** Which process made the call. @throws unauthenticated (401) without a valid identity */
    readonly caller: string;
    /** The same, or undefined. */
    readonly identity: Identity | undefined;
    readonly deadline: Deadline;
  }
}
