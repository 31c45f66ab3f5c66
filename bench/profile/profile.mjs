import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IN_FLIGHT } from '../load-size.mjs';
import { inSession } from '../session/session.mjs';
import { byFunction } from './by-function.mjs';
import { packageOf } from './package-of.mjs';
import { resetStatements, statements } from './statements.mjs';

const WATCH = new URL('./watch.mjs', import.meta.url).href;
const TOP = 20;

/** Reviver's worker with 200 plans in flight: where its time goes, its statements, its memory, the code that it loads. */
export async function profile({ places: { reviver: place } }, size) {
  const folder = await mkdtemp(join(tmpdir(), 'reviver-profile-'));
  process.env.BENCH_PROFILE_DIR = folder;
  const nodeArguments = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=500', `--import=${WATCH}`];
  const many = await inSession('reviver', place, { nodeArguments }, async ({ call }) => {
    await call('alone', { plans: 20 });
    await resetStatements(place.databaseUrl);
    return call('inFlight', { inFlight: IN_FLIGHT, ms: size.inFlightMs, plans: size.inFlightPlans });
  });
  console.log(`${many.plans} plans, ${many.plansPerSecond.toFixed(0)} a second (slower than without the profiler)\n`);
  await sayTime(folder, many.plans);
  await sayStatements(place, many.plans);
  await sayMemory(folder);
  console.log(`\nFor a flame graph, open the .cpuprofile in ${folder} with Chrome's DevTools.`);
}

async function sayTime(folder, plans) {
  const file = (await readdir(folder)).find((name) => name.endsWith('.cpuprofile'));
  const { functions, packages, busyMs } = byFunction(JSON.parse(await readFile(join(folder, file), 'utf8')));
  const share = (ms) =>
    `${((ms / busyMs) * 100).toFixed(1).padStart(5)} %  ${(ms / plans).toFixed(3).padStart(7)} ms a plan`;
  console.log(`Functions, self time of ${busyMs.toFixed(0)} ms busy (the start included):`);
  for (const [name, ms] of functions.slice(0, TOP)) console.log(`  ${share(ms)}  ${name}`);
  console.log('\nPackages, self time:');
  for (const [name, ms] of packages.slice(0, TOP)) console.log(`  ${share(ms)}  ${name}`);
}

async function sayStatements(place, plans) {
  console.log('\nStatements, time in Postgres:');
  for (const { query, calls, ms, mean_ms: meanMs, wal_bytes: walBytes } of await statements(place.databaseUrl))
    console.log(
      `  ${(ms / plans).toFixed(3).padStart(7)} ms a plan  ${(calls / plans).toFixed(2).padStart(6)} calls  ${meanMs.toFixed(3).padStart(7)} ms each  ${(walBytes / plans / 1_024).toFixed(1).padStart(6)} kB WAL  ${query.slice(0, 70)}`,
    );
}

async function sayMemory(folder) {
  const { samples, scripts } = JSON.parse(await readFile(join(folder, 'watch.json'), 'utf8'));
  const peak = samples.reduce((most, sample) => (sample.rss > most.rss ? sample : most));
  const mb = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
  console.log(
    `\nMemory at its peak: ${mb(peak.rss)}; heap ${mb(peak.heapTotal)} (used ${mb(peak.heapUsed)}), outside of it ${mb(peak.external)}; at first ${mb(samples[0].rss)}`,
  );
  const byPackage = new Map();
  for (const { url, bytes } of scripts) {
    const known = byPackage.get(packageOf(url)) ?? { files: 0, bytes: 0 };
    byPackage.set(packageOf(url), { files: known.files + 1, bytes: known.bytes + bytes });
  }
  console.log('\nCode that was loaded:');
  for (const [name, { files, bytes }] of [...byPackage].sort((a, b) => b[1].bytes - a[1].bytes).slice(0, 2 * TOP))
    console.log(`  ${(bytes / 1_024).toFixed(0).padStart(6)} kB  ${String(files).padStart(4)} files  ${name}`);
}
