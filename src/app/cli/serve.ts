import v8 from 'node:v8';
import { startNode } from '../node.js';
import { nodeOptions, type StartFlags } from './installation.js';

/** Runs a node until it is told to end. SIGTERM and SIGINT hand its recoveries over; a second one ends it at once. */
export async function serve(flags: StartFlags): Promise<void> {
  if (flags.roles.every((role) => role === 'worker')) keepHeapSmall();
  const options = await nodeOptions(flags, process.env);
  const { log } = options;
  process.on('unhandledRejection', (reason) => {
    log('error', 'unhandled rejection: a defect; this process ends and its work is taken over', {
      error: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason),
    });
    process.exit(70);
  });
  const ending = ended();
  const node = await Promise.race([startNode(options), ending]);
  if (typeof node === 'string') process.exit(0);
  log('info', 'ready', { roles: flags.roles.join(','), port: node.port, ms: Math.round(performance.now()) });
  if (process.send) process.send({ ready: true, port: node.port });
  const signal = await ending;
  log('info', 'stopping: recoveries are handed over at their next step', { signal });
  await node.close();
  process.exit(0);
}

function ended(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve(signal);
      });
  });
}

/**
 * What a worker allocates is short-lived, and V8 would let it lie until the heap has doubled. Collected at 30 % growth, its
 * peak in `npm run bench` fell from about 178 to 131 MB; what that costs in throughput was within the noise of those runs.
 */
function keepHeapSmall(): void {
  v8.setFlagsFromString('--heap-growing-percent=30');
}
