import { join } from 'node:path';
import { buildIfOlder } from './setup/build.mjs';
import { runHere } from './setup/run.mjs';
import { main, ROOT, setUp } from './setup.mjs';

await main(async () => {
  await setUp();
  await buildIfOlder(ROOT);
  return runHere([process.execPath, join(ROOT, 'dist', 'src', 'main.js'), 'demo', ...process.argv.slice(2)]);
});
