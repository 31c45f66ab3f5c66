import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHere } from './setup/run.mjs';
import { ROOT } from './setup.mjs';

const TARGETS = { firstAttempt: 0.9, brokenMs: 30_000 };

/**
 * `npm run bench -- runbooks`: breaks real services by the tests of the shipped runbooks, and prints how long each was
 * broken, people's waiting apart. The exit code is 1 when a target is missed or a test failed.
 */
export async function runbookBench() {
  const folder = await mkdtemp(join(tmpdir(), 'reviver-trials-'));
  try {
    const file = join(folder, 'trials.jsonl');
    const env = { ...process.env, REVIVER_TRIALS: file };
    const tests = [process.execPath, join(ROOT, 'scripts', 'test.mjs'), 'test/process/runbooks'];
    const code = await runHere(tests, { cwd: ROOT, env });
    const lines = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
    const { text, met } = trialTable(lines.map((line) => JSON.parse(line)));
    console.log(text);
    return code || (met ? 0 : 1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One line a fault, then the two figures with their targets. */
export function trialTable(trials) {
  if (trials.length === 0) return { text: 'No fault was tried.', met: false };
  const rows = trials.map(({ runbook, fault, state, broken_ms, first }) => [
    runbook,
    fault,
    `${(broken_ms / 1_000).toFixed(1)} s`,
    state === 'SUCCEEDED' ? (first ? 'mended at once' : 'mended after a retry') : state,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const table = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const mended = trials.filter(({ state, first }) => state === 'SUCCEEDED' && first).length;
  const share = mended / trials.length;
  const meanMs = trials.reduce((sum, { broken_ms }) => sum + broken_ms, 0) / trials.length;
  const verdicts = [
    `${word(share >= TARGETS.firstAttempt)}  mended at the first attempt  ${mended} of ${trials.length}  >= ${TARGETS.firstAttempt * 100} %`,
    `${word(meanMs < TARGETS.brokenMs)}  mean time from the break to healthy  ${(meanMs / 1_000).toFixed(1)} s  < ${TARGETS.brokenMs / 1_000} s`,
  ];
  const met = share >= TARGETS.firstAttempt && meanMs < TARGETS.brokenMs;
  return { text: `\n${table.join('\n')}\n\n${verdicts.join('\n')}`, met };
}

function word(met) {
  return met ? 'met   ' : 'MISSED';
}
