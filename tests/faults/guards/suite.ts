import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface TestRun {
  /** Of the tests that were asked for; the others of their files are skipped. */
  tests: { file: string; name: string; status: 'passed' | 'failed'; message: string }[];
  /** Files that did not load. */
  broken: { file: string; message: string }[];
}

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
  }[];
}

/** Runs these tests of a tree as `npm test` does, on a Postgres and a Redis of its own. */
export async function runTests(root: string, files: string[], names: string[], stop: AbortSignal): Promise<TestRun> {
  const home = join(root, '.emall');
  const report = join(root, 'report.json');
  rmSync(report, { force: true });
  const output = await emall(root, home, ['test', ...files, '--testNamePattern', names.map(escape).join('|'), '--json', '--outputFile', report, '--cacheDirectory', join(home, 'jest')], stop);
  stop.throwIfAborted();
  if (!existsSync(report)) throw new Error(`the tests did not run:\n${output}`);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const asked = new Set(['passed', 'failed']);
  return {
    tests: testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults
        .filter(({ status }) => asked.has(status))
        .map(({ fullName, status, failureMessages }) => ({ file: file.slice(root.length + 1), name: fullName, status: status as 'passed' | 'failed', message: failureMessages?.[0] ?? '' }))),
    broken: testResults.filter(({ assertionResults }) => assertionResults.length === 0).map(({ name, message }) => ({ file: name.slice(root.length + 1), message })),
  };
}

/** What a regular expression takes literally. */
export function escape(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Told to stop, it stops its servers before it ends. */
async function emall(root: string, home: string, args: string[], stop: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'infra/local/src/cli.ts'), ...args], { cwd: root, env: { ...process.env, EMALL_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill();
  stop.addEventListener('abort', end);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()));
  stop.removeEventListener('abort', end);
  return Buffer.concat(chunks).toString();
}
