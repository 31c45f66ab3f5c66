import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureAck } from './measure/ack.mjs';
import { measureAll } from './measure/run.mjs';
import { readOptions, USAGE } from './options.mjs';
import { profile } from './profile/profile.mjs';
import { keep } from './report/history.mjs';
import { machine, revision } from './report/machine.mjs';
import { summarise } from './report/summary.mjs';
import { table, verdicts } from './report/table.mjs';
import { startServices } from './services.mjs';

const BENCH = dirname(fileURLToPath(import.meta.url));

/** `npm run bench`: prints how Reviver compares with its peers in one run, and keeps the figures. */
async function bench(argv) {
  const size = readOptions(argv);
  if (size.help) return console.log(USAGE);
  const began = { at: new Date().toISOString(), revision: revision(BENCH), machine: machine() };
  const services = await startServices(size.profile ? ['reviver'] : size.peers);
  const stop = () => void services.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    if (size.profile) return await profile(services, size);
    const results = await measureAll(services, size);
    const summary = summarise(results);
    const ack = size.peers.includes('reviver') ? await measureAck(services.places.reviver) : undefined;
    console.log(`\n${table(summary)}\n\n${verdicts(summary)}`);
    if (ack) console.log(sayAck(ack));
    if (size.save) console.log(`\nKept in ${await keep(BENCH, { ...began, size: size.size, summary, results, ack })}`);
  } finally {
    await services.stop();
  }
}

/** Seen by people: 100 ms is where waiting begins. */
const ACK_TARGET_MS = 100;

function sayAck({ command, healthz, running }) {
  const verdict = command.p99 < ACK_TARGET_MS ? 'met   ' : 'MISSED';
  const ms = (value) => value.toFixed(1);
  return (
    `${verdict}  answer to a console command with ${running} recoveries running, p99 ms  ${ms(command.p99)}  < ${ACK_TARGET_MS}\n` +
    `        (p50 ${ms(command.p50)}; /healthz of the same server: p50 ${ms(healthz.p50)}, p99 ${ms(healthz.p99)})`
  );
}

try {
  await bench(process.argv.slice(2));
} catch (error) {
  console.error(error.code?.startsWith?.('ERR_PARSE_ARGS') ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = 1;
}
