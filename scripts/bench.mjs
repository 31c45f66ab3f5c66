import { join } from 'node:path';
import { backupBench } from './backup-bench.mjs';
import { partitionBench } from './partition-bench.mjs';
import { plannerBench } from './planner-bench.mjs';
import { runbookBench } from './runbook-bench.mjs';
import { buildIfOlder } from './setup/build.mjs';
import { installPackages } from './setup/packages.mjs';
import { runHere } from './setup/run.mjs';
import { main, ROOT, setUp } from './setup.mjs';

const BENCH = join(ROOT, 'bench');

await main(async () => {
  if (process.argv[2] === 'runbooks') return runbookBench();
  if (await plannerBench(process.argv.slice(2))) return;
  if (process.argv[2] === 'backup') return backupBench(process.argv.slice(3));
  if (process.argv[2] === 'partitions') return partitionBench(process.argv.slice(3));
  await setUp();
  await installPackages(BENCH, "Installing the bench's packages");
  await buildIfOlder(ROOT);
  const [part, ...options] = process.argv.slice(2);
  if (['alerts', 'clicks', 'http', 'library'].includes(part))
    return runHere([process.execPath, join(BENCH, `${part}.mjs`), ...options]);
  return runHere([process.execPath, join(BENCH, 'run.mjs'), ...process.argv.slice(2)]);
});
