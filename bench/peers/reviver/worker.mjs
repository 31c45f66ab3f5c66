import { fileURLToPath } from 'node:url';
import { answerRequester } from '../../session/worker.mjs';
import { fromDist } from './dist.mjs';

/**
 * `reviver worker` as people start it, with its own defaults: this file only sets its environment and its arguments. Its
 * steps come from an extension; it says itself when it is ready.
 */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
process.env.REVIVER_CONFIG = here('reviver.yaml');
process.env.REVIVER_RUNBOOKS = here('../../../runbooks');
process.env.LOG_LEVEL = 'error';
process.argv.push('worker');

answerRequester(() => process.kill(process.pid, 'SIGTERM'));
await fromDist('src/main.js');
