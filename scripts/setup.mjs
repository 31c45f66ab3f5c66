import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installPackages } from './setup/packages.mjs';
import { findRedisServer } from './setup/redis-server.mjs';
import { SetupError } from './setup/run.mjs';

/** Folder of the project. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Oldest Node that this project runs on; newer ones are tried by CI. */
const OLDEST_NODE = [20, 19];

/**
 * Makes this checkout ready: packages, and redis-server unless REDIS_URL names one. Quick when there is nothing to do.
 * @param {{redis?: boolean}} [need]
 * The PATH of this process, and so of all its children, then has a `redis-server`.
 */
export async function setUp({ redis = true } = {}) {
  checkNode();
  await installPackages(ROOT);
  if (redis && !process.env.REDIS_URL) Object.assign(process.env, await findRedisServer(ROOT));
}

/** Runs a script's main function: its result is the exit code, and a cause that people can mend is one message. */
export async function main(script) {
  try {
    process.exitCode = await script();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(
    `Reviver needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. Install Node 20 (https://nodejs.org) and run this again.`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    await setUp();
    console.error('Ready. Next: npm run demo');
    return 0;
  });
}
