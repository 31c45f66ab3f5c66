import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `node scripts/build-page.mjs`: the browser's part of the console. Its TypeScript has a compiler run of its own, since
 * it knows the browser and not Node; what needs no compiler is copied beside it.
 */
const COPIED = ['.html', '.css', '.svg'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src', 'bot', 'console', 'page');
const target = join(root, 'dist', 'src', 'bot', 'console', 'page');

rmSync(target, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', source], {
  cwd: root,
  stdio: 'inherit',
});
cpSync(source, target, { recursive: true, filter: (file) => !extname(file) || COPIED.includes(extname(file)) });
