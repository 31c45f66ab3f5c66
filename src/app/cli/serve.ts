import { startNode } from '../node.js';
import { nodeOptions, type StartFlags } from './installation.js';

/** Runs a node until it is told to end. SIGTERM and SIGINT hand its recoveries over; a second one ends it at once. */
export async function serve(flags: StartFlags): Promise<void> {
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
