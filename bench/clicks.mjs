import { parseArgs } from 'node:util';
import { measureClicks } from './measure/clicks.mjs';
import { startServices } from './services.mjs';

const USAGE = `npm run bench -- clicks [--clicks N]
  From a press of Recover under the post of an alert until the first step began; 100 of them.`;

const TARGET_P95_MS = 500;

const { values } = parseArgs({
  options: { clicks: { type: 'string', default: '100' }, help: { type: 'boolean', short: 'h' } },
  args: process.argv.slice(2),
});
if (values.help) console.log(USAGE);
else await bench(Number(values.clicks));

async function bench(clicks) {
  const services = await startServices(['clicks']);
  try {
    const { p50, p95, most } = await measureClicks(services.places.clicks, { clicks });
    const verdict = p95 < TARGET_P95_MS ? 'met   ' : 'MISSED';
    console.log(
      `${verdict}  from click to first step, ms: p50 ${p50.toFixed(0)}, p95 ${p95.toFixed(0)} < ${TARGET_P95_MS}, most ${most.toFixed(0)} of ${clicks}`,
    );
  } finally {
    await services.stop();
  }
}
