import { join } from 'node:path';

import { buildIfOlder } from './setup/build.mjs';
import { findChromium } from './setup/chromium.mjs';
import { findDocker } from './setup/docker.mjs';
import { runHere, SetupError } from './setup/run.mjs';
import { findTools } from './setup/tools.mjs';
import { main, ROOT, setUp } from './setup.mjs';
import { jestCommand, needsBrowser, needsBuild, needsCluster, needsServices } from './test/jest-command.mjs';
import { leftProcesses } from './test/left-processes.mjs';
import { startServices } from './test/services.mjs';
import { readTotals, totalsLine } from './test/totals.mjs';

const NO_CLUSTER =
  'The tests of Kubernetes need a cluster, and KUBECONFIG is not set. Set it to the file that kubectl uses, such as that of kind: kind create cluster --kubeconfig kind.config && KUBECONFIG=$PWD/kind.config npm run test:kubernetes';

/**
 * `node scripts/test.mjs [unit|integration|process|browser|kubernetes|path...] [jest options]`: one jest run over all that is asked for,
 * with one private Postgres and one private Redis for the whole run. Ends with jest's own summary and one line of
 * numbers; the exit code is jest's, or 1 when something was left running.
 */
await main(async () => {
  const asked = process.argv.slice(2);
  if (needsCluster(asked) && !process.env.KUBECONFIG) throw new SetupError(NO_CLUSTER);
  const services = needsServices(asked);
  await setUp({ redis: services });
  if (services) {
    await findDocker();
    await findTools();
  }
  if (needsBrowser(asked)) Object.assign(process.env, await findChromium());
  if (needsBuild(asked)) await buildIfOlder(ROOT);
  const run = await startServices(services);
  try {
    const file = join(run.folder, 'totals.json');
    const env = { ...process.env, ...run.env, TEST_TOTALS: file };
    const code = await runHere(jestCommand(ROOT, asked), { cwd: ROOT, env });
    const left = await leftProcesses(run.folder, run.pids);
    for (const { pid, command } of left) console.error(`Left running by a test: ${pid} ${command}`);
    const totals = await readTotals(file);
    if (totals) console.log(totalsLine(totals));
    return code || (left.length > 0 || !totals ? 1 : 0);
  } finally {
    await run.stop();
  }
});
