import { DBOS } from '@dbos-inc/dbos-sdk';
import { runWorker } from '../../session/worker.mjs';

const STEPS = 10;

const plan = DBOS.registerWorkflow(
  async () => {
    for (let step = 1; step <= STEPS; step += 1) await DBOS.runStep(async () => {}, { name: `step ${step}` });
  },
  { name: 'plan' },
);

await runWorker(async ({ databaseUrl, tell, onRequest }) => {
  DBOS.setConfig({ name: 'bench', applicationVersion: 'bench', systemDatabaseUrl: databaseUrl, logLevel: 'error' });
  await DBOS.launch();
  // Its queue is polled once a second: started in this process it shows its best.
  onRequest(async (id) => {
    await plan();
    tell({ ended: id });
  });
  return () => DBOS.shutdown();
});
