import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
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
    console.log(`\n${table(summary)}\n\n${verdicts(summary)}`);
    if (size.save) console.log(`\nKept in ${await keep(BENCH, { ...began, size: size.size, summary, results })}`);
  } finally {
    await services.stop();
  }
}

try {
  await bench(process.argv.slice(2));
} catch (error) {
  console.error(error.code?.startsWith?.('ERR_PARSE_ARGS') ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = 1;
}
