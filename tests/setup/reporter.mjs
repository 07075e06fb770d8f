import { writeFileSync } from 'node:fs';

/**
 * Ends the run with one line that scripts can read: `N passed, M failed`, and `, K skipped` when there are any.
 * `emall test` says it itself once everything has been cleared away, and asks for it in a file.
 */
export default class Reporter {
  #error;

  onRunComplete(_contexts, results) {
    // A file that does not even load has no test of its own to count.
    const broken = results.testResults.filter((file) => file.testExecError !== undefined && file.numFailingTests === 0).length;
    const failed = results.numFailedTests + broken;
    const skipped = results.numPendingTests + results.numTodoTests;
    if (results.numPassedTests + failed === 0) this.#error = new Error('no test ran');
    this.#tell(`${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  }

  getLastError() {
    return this.#error;
  }

  #tell(line) {
    const file = process.env['EMALL_TEST_RESULT'];
    if (file) writeFileSync(file, line);
    else process.stdout.write(line);
  }
}
