import { parseArgs } from 'node:util';
import { measureAlerts } from './measure/alerts.mjs';
import { startServices } from './services.mjs';

const USAGE = `npm run bench -- alerts [--quick]
  A storm of 10,000 alerts within a minute, in 50 groups, each a webhook of its own; --quick: a tenth of it in 6 s.`;

const TARGET_P95_MS = 100;
/** What a process grows by that has nothing to keep. */
const FLAT_MIB = 60;

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  args: process.argv.slice(2),
});
if (values.help) console.log(USAGE);
else
  await bench(
    values.quick ? { alerts: 1_000, groups: 50, overMs: 6_000 } : { alerts: 10_000, groups: 50, overMs: 60_000 },
  );

async function bench(size) {
  const services = await startServices(['alerts']);
  const stop = () => void services.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    for (const line of say(await measureAlerts(services.places.alerts, size), size)) console.log(line);
  } finally {
    await services.stop();
  }
}

function say({ sent, refused, stored, counted, posts, answers, memory, sentMs, shownMs }, { groups }) {
  const s = (ms) => `${(ms / 1_000).toFixed(1)} s`;
  const verdict = (met) => (met ? 'met   ' : 'MISSED');
  return [
    `${verdict(stored === sent && counted === sent)}  nothing is lost: ${sent} sent, ${refused} refused, ${stored} stored, ${counted} counted in posts`,
    `${verdict(posts === groups)}  one post a group: ${posts} posts of ${groups} groups`,
    `${verdict(answers.p95 < TARGET_P95_MS)}  answer of the webhook, ms: p50 ${answers.p50.toFixed(1)}, p95 ${answers.p95.toFixed(1)} < ${TARGET_P95_MS}, p99 ${answers.p99.toFixed(1)}`,
    `${verdict(memory.last - memory.first < FLAT_MIB)}  memory, MiB: ${memory.first.toFixed(0)} after 3 s, ${memory.most.toFixed(0)} at most, ${memory.last.toFixed(0)} at the end`,
    `        sent within ${s(sentMs)}, every post tells all of its group after ${s(shownMs)}`,
  ];
}
