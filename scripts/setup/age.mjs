import { existsSync } from 'node:fs';
import { installByApt } from './debian.mjs';
import { progress } from './progress.mjs';
import { onPath } from './redis-server.mjs';

/** Gets the tool `age` for the test that opens with it what Reviver has sealed: in a container, as root. */
export async function findAge() {
  if (!ageMissing()) return;
  const canInstall = onPath('apt-get') && process.getuid?.() === 0 && !existsSync('/run/systemd/system');
  // Where apt fails the test says what is missing, and is left out.
  if (canInstall) await progress('Installing age', () => installByApt(['age'])).catch(() => undefined);
}

/**
 * One line when the tool is not there.
 * @returns {string | undefined}
 */
export function ageMissing() {
  return onPath('age') && onPath('age-keygen') ? undefined : 'The tool age is not there (Debian: apt-get install age).';
}
