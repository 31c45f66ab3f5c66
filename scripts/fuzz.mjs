import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { main, ROOT, setUp } from './setup.mjs';

const DEFAULT_RUNS = 1_000_000;
/** What reads what people type, and what draws what they see. */
const PATHS = ['test/unit/bot', 'test/unit/engine/model/redact.test.ts'];

/** `npm run fuzz [-- RUNS]`: every property of parser and renderers with RUNS random inputs (default: a million). Takes hours. */
await main(async () => {
  const [given] = process.argv.slice(2);
  const runs = given === undefined ? DEFAULT_RUNS : Number(given);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`RUNS: "${given}" is not allowed; expected a whole number of 1 or more`);
  await setUp({ redis: false });
  const jest = [join('scripts', 'test.mjs'), ...PATHS, '--testTimeout=86400000', '--silent=false'];
  const { status } = spawnSync(process.execPath, jest, {
    cwd: ROOT,
    env: { ...process.env, FUZZ_RUNS: String(runs) },
    stdio: 'inherit',
  });
  return status ?? 1;
});
