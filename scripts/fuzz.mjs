import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHere } from './setup/run.mjs';
import { main, ROOT, setUp } from './setup.mjs';
import { readReport, reportLines } from './test/fuzz-report.mjs';

const DEFAULT_RUNS = 1_000_000;
/** What reads what people type, and what draws what they see. */
const PATHS = ['test/unit/bot', 'test/unit/engine/model/redact.test.ts'];

/**
 * `npm run fuzz [-- RUNS [PATH...]]`: every property of parser and renderers with RUNS random inputs (default: a million, which
 * takes hours; with paths: those of these files). Ends with a line for each property, how many inputs it had and how
 * long it took, and one with the totals, also when it was interrupted.
 */
await main(async () => {
  const [given, ...paths] = process.argv.slice(2);
  const runs = given === undefined ? DEFAULT_RUNS : Number(given);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`RUNS: "${given}" is not allowed; expected a whole number of 1 or more`);
  await setUp({ redis: false });
  const folder = await mkdtemp(join(tmpdir(), 'reviver-fuzz-'));
  const report = join(folder, 'properties.jsonl');
  const began = performance.now();
  const tests = paths.length > 0 ? paths : PATHS;
  const jest = [join('scripts', 'test.mjs'), ...tests, '--testTimeout=86400000', '--silent=false'];
  try {
    return await runHere([process.execPath, ...jest], {
      cwd: ROOT,
      env: { ...process.env, FUZZ_RUNS: String(runs), FUZZ_REPORT: report },
    });
  } finally {
    for (const line of reportLines(await readReport(report), performance.now() - began)) console.log(line);
    await rm(folder, { recursive: true, force: true });
  }
});
