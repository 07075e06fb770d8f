import type { FastifyRequest } from 'fastify';
import { requestContext } from '../context.ts';
import { statementsOf } from '../observe.ts';
import type { App } from '../app.ts';

const counters = new WeakMap<object, { last: number }>();

/** Makes an app tell its statements; to be called before `app.ready()`. */
export function tellStatements(app: App): App {
  const counter = { last: 0 };
  counters.set(app, counter);
  app.addHook('onResponse', async (request: FastifyRequest) => {
    counter.last = statementsOf(request);
  });
  return app;
}

/** Runs one injected request and returns its answer with the number of SQL statements it cost. */
export async function countStatements<T>(app: App, call: () => Promise<T>): Promise<{ response: T; statements: number }> {
  const counter = counters.get(app);
  if (!counter) throw new Error('call tellStatements(app) before app.ready()');
  counter.last = -1;
  const response = await call();
  return { response, statements: counter.last };
}

/** Runs something that is no request, a job for example, and returns its result with the number of SQL statements it cost. */
export async function statementsOfWork<T>(work: () => Promise<T>): Promise<{ result: T; statements: number }> {
  const context = { requestId: 'work', statements: 0 };
  const result = await requestContext.run(context, work);
  return { result, statements: context.statements };
}
