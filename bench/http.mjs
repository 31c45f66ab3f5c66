import { parseArgs } from 'node:util';
import { measureHttp } from './measure/http.mjs';
import { startServices } from './services.mjs';

const USAGE = `npm run bench -- http [--quick]
  Status queries a second with 10,000 recoveries stored, and how long it takes to schedule a recovery beside /health of the same
  server; --quick: a third of it.`;

const LEAST_STATUS_QUERIES = 2_000;
/** Of p99: to schedule by that of /health in the same seconds. */
const MOST_RATIO = 5;

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  args: process.argv.slice(2),
});
if (values.help) console.log(USAGE);
else await bench(values.quick ? { seconds: 3, schedules: 200 } : { seconds: 10, schedules: 600 });

async function bench(size) {
  const services = await startServices(['http']);
  const stop = () => void services.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    for (const line of say(await measureHttp(services.places.http, size))) console.log(line);
  } finally {
    await services.stop();
  }
}

function say({
  status,
  bare,
  ratio: ofBare,
  recovery,
  list,
  longList,
  scheduling: { health, schedule, refused },
  cores,
  load,
}) {
  const verdict = (met) => (met ? 'met   ' : 'MISSED');
  const rate = ({ perSecond, p50, p99 }) =>
    `${perSecond.toFixed(0)}/s (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms)`;
  const cpu = ({ cpuMs }) => `${cpuMs.toFixed(2)} ms of CPU each`;
  const ratio = schedule.p99 / health.p99;
  return [
    `${verdict(status.perSecond >= LEAST_STATUS_QUERIES)}  GET /status with 10,000 recoveries: ${rate(status)}, at least ${LEAST_STATUS_QUERIES}/s; ${cpu(status)}`,
    `        a bare server of Node that says as much, in turns with it: ${rate(bare)}; ${cpu(bare)}; Reviver has ${(ofBare * 100).toFixed(0)} % of its rate`,
    `        GET /recoveries/R-n: ${rate(recovery)}; ?limit=20: ${rate(list)}; ?limit=200: ${rate(longList)}; ${cpu(longList)}`,
    `${verdict(ratio <= MOST_RATIO)}  POST /recover/{service}, p99 by that of /health: ${ratio.toFixed(1)} of ${MOST_RATIO} at most (${schedule.p99.toFixed(1)} ms by ${health.p99.toFixed(1)} ms; p50 ${schedule.p50.toFixed(1)} by ${health.p50.toFixed(1)})`,
    `${verdict(refused === 0)}  scheduled without a refusal: ${refused} refused`,
    `        ${cores} cores, which the load shares with server and Postgres; load of the machine in the end ${load.toFixed(1)}`,
  ];
}
