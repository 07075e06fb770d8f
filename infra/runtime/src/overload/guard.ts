import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { type RequestContext, requestContext } from '../context.ts';
import { sendProblem } from '../errors.ts';
import { ALIVE_PATH } from '../service.ts';
import { CLIENT_GONE, markRefused } from '../observe.ts';
import type { ProblemError } from '../problems.ts';
import type { Place } from './level.ts';
import type { Limiter } from './limiter.ts';
import { WAITED_HEADER } from './outside.ts';
import { comeAgain, Refusals } from './refusals.ts';
import { type Worth, worthOfCall } from './worth.ts';

/** Says that a 503 is a refusal before any work: whoever speaks for the shop may put it in their own words. */
export const REFUSED_HEADER = 'x-emall-refused';

export interface GuardOptions {
  /** What a request is worth; undefined lets it pass. What the calling process says, unless told. */
  worthOf?: (request: FastifyRequest) => Worth | undefined;
  /** How a refusal is told; as a problem document unless told otherwise. */
  refuse?: (problem: ProblemError, request: FastifyRequest, reply: FastifyReply) => unknown;
  /** False at the door: whoever asks there is not told how long anybody outside was waited for. */
  tellsWaits?: boolean;
}

/** Statuses with which somebody below says that it could not do the work now. */
const NOT_NOW = new Set([502, 503, 504]);

/** Lets in what the limiter has room for, and answers the rest with 503 and `Retry-After` before anything is done for it. */
export function guardRequests(app: App, limiter: Limiter, { worthOf = worthOfCall, refuse = refuseCall, tellsWaits = true }: GuardOptions = {}): void {
  const refusals = new Refusals(limiter.levels.map(({ name }) => name), app.log);

  app.addHook('onRequest', (request, reply, done) => {
    // Whoever asks whether this process is there must hear that it is.
    const worth = request.url === ALIVE_PATH ? undefined : worthOf(request);
    const context = requestContext.getStore();
    if (worth === undefined || !context) return done();
    context.worth = worth;
    limiter.enter(worth, kindOf(request), admitted, turnedAway);

    function admitted(place: Place): void {
      // Who hung up while waiting here has no end any more that would give the place back.
      if ((context as RequestContext).gone) return limiter.withdraw(place);
      // It waits in its caller's socket and in ours: what has less time left than that was given up, or will be before it is done.
      if (request.deadline.remaining() <= limiter.loopWaitMs) {
        limiter.withdraw(place);
        return away('deadline');
      }
      (context as RequestContext).ended = (status) => leave(place, status);
      // Whoever waited is let in by whoever left: it goes on as itself.
      if (requestContext.getStore() === context) done();
      else requestContext.run(context as RequestContext, done);
    }

    function leave(place: Place, status: number): void {
      if (status === CLIENT_GONE) return abandon(place);
      // To say no is other work than to do it: a rush for what is sold out does not make every order look slow that is taken.
      if (status >= 400 && status < 500) place.kind += ' declined';
      limiter.leave(place, NOT_NOW.has(status), (context as RequestContext).waits?.ms);
    }

    /** Of who hung up the time tells when they lost patience, not how long the work takes; and the work goes on in its place. */
    function abandon(place: Place): void {
      const withdraw = () => limiter.withdraw(place);
      if (context?.works) context.idle = withdraw;
      else withdraw();
    }

    function turnedAway(): void {
      away('limit');
    }

    function away(reason: 'limit' | 'deadline'): void {
      markRefused(request);
      const lasting = refusals.add(worth as Worth, reason);
      refuse(comeAgain(lasting), request, reply);
    }
  });
  if (tellsWaits) app.addHook('onSend', tellWaits);
}

function tellWaits(_request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: null, payload: unknown) => void): void {
  const waits = requestContext.getStore()?.waits;
  if (waits) reply.header(WAITED_HEADER, String(Math.round(waits.ms)));
  done(null, payload);
}

function kindOf({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url}`;
}

function refuseCall(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(problem, request, reply.header(REFUSED_HEADER, '1'));
}
