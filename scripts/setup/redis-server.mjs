import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installByApt, unpackByApt } from './debian.mjs';
import { progress } from './progress.mjs';
import { runQuietly, SetupError } from './run.mjs';

const OLDEST = [6, 2];

/** What a person does where no way below works. */
const INSTRUCTION =
  'Reviver needs redis-server 6.2 or newer on the PATH. Install it (Debian, Ubuntu: apt-get install redis-server; ' +
  'Fedora: dnf install redis; Alpine: apk add redis; macOS: brew install redis) and run this again, or set REDIS_URL.';

/**
 * Finds redis-server, or gets it, and resolves to what the environment needs so that `redis-server` runs.
 * @param {string} root folder of the project; a private copy goes to `.reviver/`
 * @returns {Promise<Record<string, string>>}
 */
export async function findRedisServer(root) {
  const ownBin = join(root, '.reviver', 'bin');
  const PATH = `${ownBin}${delimiter}${process.env.PATH}`;
  if (works(process.env.PATH)) return {};
  if (existsSync(ownBin) && works(PATH)) return { PATH };
  const way = WAYS.find(({ fits }) => fits());
  if (!way) throw new SetupError(INSTRUCTION);
  try {
    await progress('Installing redis-server', () => way.install(root));
  } catch (error) {
    throw new SetupError(`${error.message}\n${INSTRUCTION}`);
  }
  if (works(process.env.PATH)) return {};
  if (works(PATH)) return { PATH };
  throw new SetupError(INSTRUCTION);
}

/**
 * Tried in this order. The system's package is installed only where that starts no service on port 6379: in a container
 * without an init system. Elsewhere the same package is unpacked into the project, which also needs no root.
 */
const WAYS = [
  {
    fits: () => onPath('apt-get') && process.getuid() === 0 && !existsSync('/run/systemd/system'),
    install: () => installByApt(),
  },
  { fits: () => onPath('apt-get') && onPath('dpkg'), install: unpackByApt },
  // Not proven: written for macOS, never run there.
  {
    fits: () => process.platform === 'darwin' && onPath('brew'),
    install: () => runQuietly(['brew', 'install', 'redis']),
  },
];

function works(PATH) {
  try {
    const text = execFileSync('redis-server', ['--version'], {
      encoding: 'utf8',
      env: { ...process.env, PATH },
      stdio: 'pipe',
    });
    const [major, minor] = (/v=(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
    return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  } catch {
    return false;
  }
}

export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
