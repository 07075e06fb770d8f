import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * The process's metrics, in the names of the OpenTelemetry conventions, scraped by Prometheus from the admin port.
 * One registry a process: instruments are made where they are used.
 */
// Whose they are is said by the address they were scraped from; without a resource `target_info` would name a file.
const exporter = new PrometheusExporter({ preventServerStart: true, withoutTargetInfo: true });
const meter = new MeterProvider({ readers: [exporter] }).getMeter('@emall/runtime');

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Seconds by method, route template and status. */
export const requestDuration = meter.createHistogram('http.server.request.duration', {
  unit: 's',
  description: 'Duration of HTTP server requests',
  advice: { explicitBucketBoundaries: SECONDS },
});

export const requestsInFlight = meter.createUpDownCounter('http.server.active_requests', {
  description: 'HTTP server requests being answered',
});

/** SQL statements a request cost, by route template. */
export const requestStatements = meter.createHistogram('emall.http.request.statements', {
  description: 'SQL statements sent for one request',
  advice: { explicitBucketBoundaries: [0, 1, 2, 3, 4, 5, 7, 10, 15, 25, 50, 100] },
});

/** Seconds by service called, method, path template and status (or error type). */
export const clientDuration = meter.createHistogram('http.client.request.duration', {
  unit: 's',
  description: 'Duration of calls to other services',
  advice: { explicitBucketBoundaries: SECONDS },
});

/** By whom is called: 0 closed, 1 open (calls are refused), 0.5 while one that was let through is under way. */
export const circuitState = meter.createObservableGauge('emall.client.circuit', {
  description: 'Circuit breakers: 0 closed, 0.5 half-open, 1 open',
});

/** Seconds from asking a pool for a connection to having it. */
export const poolWait = meter.createHistogram('db.client.connection.wait_time', {
  unit: 's',
  description: 'Wait for a database connection',
  advice: { explicitBucketBoundaries: SECONDS },
});

export const poolTimeouts = meter.createCounter('db.client.connection.timeouts', {
  description: 'Requests that found no database connection in time',
});

export const poolConnections = meter.createObservableGauge('db.client.connection.count', {
  description: 'Database connections by pool and state (idle, used)',
});

export const poolPending = meter.createObservableGauge('db.client.connection.pending_requests', {
  description: 'Requests waiting for a database connection',
});

export const poolMax = meter.createObservableGauge('db.client.connection.max', {
  description: 'Connections a pool may open',
});

/** Cache reads by outcome: the layer that answered (memory, redis, source), or stale. */
export const cacheReads = meter.createCounter('emall.cache.reads', {
  description: 'Cache reads by outcome',
});

/** By the limit that was reached. */
export const limitedRequests = meter.createCounter('emall.http.limited_requests', {
  description: 'HTTP requests refused because their client asked for too much',
});

/** Requests turned away by the limits on what is under way, by worth and reason: `limit` (no room), `deadline` (nobody waits for it any more). */
export const admissionRefused = meter.createCounter('emall.admission.refused', {
  description: 'Requests turned away before any work was done for them',
});

/** How much of each worth is let in at once. */
export const admissionLimit = meter.createObservableGauge('emall.admission.limit', {
  description: 'Requests of a worth that may be under way at once',
});

export const admissionInFlight = meter.createObservableGauge('emall.admission.in_flight', {
  description: 'Admitted requests under way, by worth',
});

/** Seconds. */
export const eventLoopWait = meter.createObservableGauge('emall.admission.event_loop_wait', {
  unit: 's',
  description: 'How long a call waits on average for the process to look at it',
});

/** Work in the background, by job and outcome: `done` or `failed`, to be tried again or not. */
export const jobRuns = meter.createCounter('emall.jobs', {
  description: 'Jobs run in the background, by outcome',
});

/** Answers a scrape. */
export function serveMetrics(request: IncomingMessage, response: ServerResponse): void {
  exporter.getMetricsRequestHandler(request, response);
}
