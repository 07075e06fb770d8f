import type { Statement } from './sql-loop.ts';

/** An entry begins with its time; lines after it that do not belong to it. */
const ENTRY = /^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+ \[)/m;
const EXECUTED = /^\S+ \S+ \S+ \[(\d+)\] \w+@[^/]+\/(\S+) LOG: {2}execute [^:]*: ([\s\S]*)$/;
const PARAMETERS = /^\S+ \S+ \S+ \[(\d+)\] \w+@\S+ DETAIL: {2}Parameters: ([\s\S]*)$/;

/** Statements of one pool, by its application name, of Postgres' log with `log_statement = all` (the extended protocol). */
export function parseStatements(log: string, application: string): Statement[] {
  const statements: Statement[] = [];
  /** By process: what was executed last, whose parameters come next. */
  const last = new Map<string, Statement>();
  for (const entry of log.split(ENTRY)) {
    const executed = EXECUTED.exec(entry.trimEnd());
    if (executed) {
      const [, pid = '', pool = '', text = ''] = executed;
      const statement = { text, values: [] };
      last.set(pid, statement);
      if (pool === application) statements.push(statement);
      continue;
    }
    const [, pid = '', parameters = ''] = PARAMETERS.exec(entry.trimEnd()) ?? [];
    const statement = last.get(pid);
    if (statement) statement.values = parseParameters(parameters);
  }
  return statements;
}

/** `$1 = 'it''s', $2 = NULL` */
export function parseParameters(text: string): (string | null)[] {
  return [...text.matchAll(/\$\d+ = (?:NULL|'((?:[^']|'')*)')/g)].map(([, value]) => (value === undefined ? null : value.replaceAll("''", "'")));
}
