import { accessSync, constants, existsSync } from 'node:fs';
import { installByApt } from './debian.mjs';
import { progress } from './progress.mjs';
import { onPath } from './redis-server.mjs';
import { SetupError } from './run.mjs';

const PACKAGES = ['docker.io', 'docker-compose', 'busybox-static'];

/**
 * Gets a Docker engine for the tests where that is possible without touching a running system: in a container, as root.
 * Elsewhere the tests that need one say so, and are left out, unless REVIVER_REQUIRE_DOCKER=1 makes that an error.
 */
export async function findDocker() {
  if (!dockerMissing()) return;
  try {
    if (canInstall()) await progress('Installing Docker', () => installByApt(PACKAGES));
  } catch {
    // Why apt failed is of no use to a person who may simply install it otherwise.
  }
  const missing = dockerMissing();
  if (missing && process.env.REVIVER_REQUIRE_DOCKER === '1') throw new SetupError(missing);
}

/**
 * One line when this machine cannot run a private Docker engine: what is missing and how to get it.
 * @returns {string | undefined}
 */
export function dockerMissing() {
  const missing = [
    ...(process.platform === 'linux' && process.getuid?.() === 0 ? [] : ['root on Linux']),
    ...['dockerd', 'docker'].filter((program) => !onPath(program)),
    ...(isProgram('/bin/busybox') ? [] : ['a static /bin/busybox']),
  ];
  if (missing.length === 0) return undefined;
  return `Tests with a Docker engine need ${missing.join(', ')} (Debian: apt-get install ${PACKAGES.join(' ')}).`;
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where no init system would start an engine of the machine's own. */
function canInstall() {
  return onPath('apt-get') && process.getuid?.() === 0 && !existsSync('/run/systemd/system');
}
