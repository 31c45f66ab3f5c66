import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { progress } from './progress.mjs';
import { runQuietly } from './run.mjs';

/**
 * Installs the packages of a folder when they are not those of its package-lock.json.
 * @param {string} folder
 * @param {string} what for the progress line
 */
export async function installPackages(folder, what = 'Installing packages') {
  if (areInstalled(folder)) return;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
  await progress(what, () => runQuietly(['npm', 'ci', ...quiet], { cwd: folder }));
}

/**
 * npm ends every install by writing what it installed: that is the stamp. Optional packages are left out of the
 * comparison, since those of other platforms are never there.
 */
export function areInstalled(folder) {
  const stamp = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(stamp)) return false;
  const wanted = readPackages(join(folder, 'package-lock.json'));
  const there = readPackages(stamp);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || there[path]?.version === version,
  );
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
