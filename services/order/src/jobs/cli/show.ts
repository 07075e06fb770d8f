import type { JobList, TriedJob } from './queries.ts';

/** For people; `--json` is for programs. */
export function show({ deadLetters, failing, waiting }: JobList): string {
  const parts = [
    section('Dead letters: nobody tries these again until you do', triedRows(deadLetters, 'age', ({ age }) => span(age))),
    section('Failing, and tried again by themselves', triedRows(failing, 'next try', ({ nextIn }) => `in ${span(nextIn)}`)),
    section('Waiting for their time', [
      ['task', 'jobs', 'under way', 'the next'],
      ...waiting.map(({ task, jobs, underWay, nextIn }) => [task, String(jobs), String(underWay), nextIn > 0 ? `in ${span(nextIn)}` : 'now']),
    ]),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return 'Nothing is left to do.';
  if (deadLetters.length > 0) parts.push('When the cause is mended: npm run emall -- jobs retry <id>, or --all.');
  return parts.join('\n\n');
}

function triedRows(jobs: TriedJob[], time: string, timeOf: (job: TriedJob) => string): string[][] {
  return [['id', 'task', 'about', 'attempts', time, 'last error'], ...jobs.map((job) => [job.id, job.task, job.about, String(job.attempts), timeOf(job), oneLine(job.lastError)])];
}

/** Nothing where there is nothing below the heading. */
function section(title: string, rows: string[][]): string | undefined {
  if (rows.length === 1) return undefined;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [title, ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}`)].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 160);
}

function span(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
