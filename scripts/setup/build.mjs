import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { progress } from './progress.mjs';
import { runQuietly } from './run.mjs';

const MAIN = join('dist', 'src', 'main.js');
const PAGE = join('dist', 'src', 'bot', 'console', 'page', 'main.js');
const SOURCES = ['src', 'migrations', 'tsconfig.json', 'tsconfig.build.json'];

/** Compiles when a source is newer than what was compiled. Errors of the compiler are shown. */
export async function buildIfOlder(root) {
  const built = Math.min(...[MAIN, PAGE].map((file) => newest(join(root, file))));
  if (built >= Math.max(...SOURCES.map((source) => newest(join(root, source))))) return;
  await progress('Building', () => runQuietly(['npm', 'run', '--silent', 'build'], { cwd: root }));
}

/** The latest change below a path; a folder's own time tells of files that were removed. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
