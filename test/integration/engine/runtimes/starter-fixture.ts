/** Starts the service `patient` in the data folder that it is given, says so, prints its instance, and waits to be killed. */
import { createProcessRuntime } from '../../../../src/engine/runtimes/process.js';
import { createSecrets } from '../../../../src/engine/secrets/secrets.js';

const [dataDir = ''] = process.argv.slice(2);
const runtime = createProcessRuntime(
  {
    name: 'patient',
    runtime: 'process',
    process: { command: ['sleep', '300'], cwd: dataDir, env: {} },
    health: [],
    recoveryStrategies: [],
    maxRecoveryAttempts: 3,
    criticality: 'medium',
    priority: 5,
    dependsOn: [],
  },
  { dataDir, secrets: createSecrets([]) },
);
console.log('starting');
console.log((await runtime.start(new AbortController().signal)).instance);
setInterval(() => {}, 1_000);
