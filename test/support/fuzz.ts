import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeEach, expect } from '@jest/globals';
import fc, { type RunDetails } from 'fast-check';

/** `npm run fuzz` looks at many more inputs than the suite has time for; a property's own number is only for the suite. */
const runs = Number(process.env.FUZZ_RUNS ?? 0);
const report = process.env.FUZZ_REPORT;

/** How many inputs a property is tried with: `few` in the suite. */
export function fuzzRuns(few: number): number {
  return runs > 0 ? runs : few;
}

if (runs > 0) {
  let since = performance.now();
  beforeEach(() => {
    since = performance.now();
  });
  const reporter = (details: RunDetails<unknown>): void => {
    const now = performance.now();
    const { currentTestName: name, testPath = '' } = expect.getState();
    const ended = { file: basename(testPath), name, runs: details.numRuns, ms: Math.round(now - since) };
    if (report) appendFileSync(report, `${JSON.stringify({ ...ended, failed: details.failed })}\n`);
    since = now;
    // With a reporter of one's own, telling of a failure is its task.
    if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
  };
  fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: runs, reporter });
}
