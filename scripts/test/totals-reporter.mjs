import { writeFileSync } from 'node:fs';

/** A jest reporter that writes the counts of the run to the file that TEST_TOTALS names. */
export default class TotalsReporter {
  /** @param {import('@jest/reporters').AggregatedResult} results a suite that could not run counts as a failure */
  onRunComplete(_contexts, results) {
    const totals = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(process.env.TEST_TOTALS, JSON.stringify(totals));
  }
}
