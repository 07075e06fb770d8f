import type { Supervised } from './supervised.ts';

/** What processes have told of themselves, from when they began or from one look to another. */
export interface Told {
  /** How often somebody was answered who was not turned away before any work was done for them. */
  answers: number;
  /** With 5xx, of these. */
  failures: number;
  /** Runs of each job in the background. */
  jobs: Readonly<Record<string, { done: number; failed: number }>>;
}

const NOTHING: Told = { answers: 0, failures: 0, jobs: {} };

export async function toldByAll(processes: readonly Supervised[]): Promise<Told> {
  const each = await Promise.all(processes.map(({ spec }) => toldAt(spec.adminPort ?? 0)));
  return each.reduce((sum, one) => combine(sum, one, (a, b) => a + b), NOTHING);
}

export function since(now: Told, before: Told): Told {
  return combine(now, before, (a, b) => a - b);
}

/** Nothing, of a process that does not tell: whether it lives is another question. */
async function toldAt(adminPort: number): Promise<Told> {
  try {
    const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { signal: AbortSignal.timeout(2000) });
    return readTold(await response.text());
  } catch {
    return NOTHING;
  }
}

/**
 * From the text that Prometheus scrapes. Who was turned away because there was too much to do says nothing about a version:
 * one that has just begun is slower for some seconds, and turns away more.
 */
export function readTold(metrics: string): Told {
  const answered = counts(metrics, 'http_server_request_duration(?:_seconds)?_count');
  const refused = sum(counts(metrics, 'emall_admission_refused_total'));
  const jobs: Record<string, { done: number; failed: number }> = {};
  for (const { labels, count } of counts(metrics, 'emall_jobs_total')) {
    const job = (jobs[labels['emall_job'] ?? ''] ??= { done: 0, failed: 0 });
    job[labels['outcome'] === 'done' ? 'done' : 'failed'] += count;
  }
  const failures = sum(answered.filter(({ labels }) => labels['http_response_status_code']?.startsWith('5')));
  return { answers: sum(answered) - refused, failures: failures - refused, jobs };
}

interface Count {
  labels: Record<string, string>;
  count: number;
}

function counts(metrics: string, name: string): Count[] {
  return [...metrics.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\d+)`, 'gm'))].map(([, labels = '', count]) => ({
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value])) as Record<string, string>,
    count: Number(count),
  }));
}

const sum = (those: readonly Count[]) => those.reduce((total, { count }) => total + count, 0);

function combine(one: Told, other: Told, by: (a: number, b: number) => number): Told {
  const names = new Set([...Object.keys(one.jobs), ...Object.keys(other.jobs)]);
  const job = (name: string, outcome: 'done' | 'failed') => by(one.jobs[name]?.[outcome] ?? 0, other.jobs[name]?.[outcome] ?? 0);
  return {
    answers: by(one.answers, other.answers),
    failures: by(one.failures, other.failures),
    jobs: Object.fromEntries([...names].map((name) => [name, { done: job(name, 'done'), failed: job(name, 'failed') }])),
  };
}
