import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

/** Loaded into the profiled worker by --import: notes its memory as time goes by, and at its end what code it loaded. */
const EVERY_MS = 100;

const samples = [];
const timer = setInterval(() => {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  samples.push({ rss, heapTotal, heapUsed, external, arrayBuffers });
}, EVERY_MS);
timer.unref();

process.once('exit', () => {
  const file = join(process.env.BENCH_PROFILE_DIR, 'watch.json');
  writeFileSync(file, JSON.stringify({ samples, scripts: scripts() }));
});

/** Every script that this process parsed: `{url, bytes}`. A session on its own thread answers at once. */
function scripts() {
  const found = [];
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params: { url, length } }) => found.push({ url, bytes: length }));
  session.post('Debugger.enable');
  session.disconnect();
  return found;
}
