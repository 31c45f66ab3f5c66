import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installByApt } from './debian.mjs';
import { progress } from './progress.mjs';
import { onPath } from './redis-server.mjs';
import { SetupError } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const PACKAGES = ['chromium', 'fonts-dejavu-core'];

/** One line: what is missing, how to get it, and how to go on without it. */
const INSTRUCTION =
  'The browser tests need Chromium on the PATH (Debian: apt-get install chromium fonts-dejavu-core) or its path in CHROMIUM; SKIP_BROWSER_TESTS=1 leaves them out.';

/**
 * Finds Chromium, or gets it, and resolves to what the environment of the tests needs. Where it cannot be had, that is
 * an error unless SKIP_BROWSER_TESTS=1 allows it.
 * @param {(line: string) => void} [say] hears that they are left out
 * @returns {Promise<Record<string, string>>}
 */
export async function findChromium(say = console.error) {
  const found = chromiumPath();
  if (found) return { CHROMIUM: found };
  try {
    if (!canInstall()) throw new SetupError('');
    await progress('Installing Chromium', () => installByApt(PACKAGES));
  } catch {
    // Why apt failed is of no use to a person who may simply install it otherwise.
  }
  const installed = chromiumPath();
  if (installed) return { CHROMIUM: installed };
  if (process.env.SKIP_BROWSER_TESTS !== '1') throw new SetupError(INSTRUCTION);
  say(`Browser tests are left out: ${INSTRUCTION}`);
  return {};
}

function chromiumPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file));
}

/** In a container, as root. Elsewhere a browser is a person's own to install. */
function canInstall() {
  return onPath('apt-get') && process.getuid?.() === 0 && !existsSync('/run/systemd/system');
}
