import { existsSync } from 'node:fs';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HEAD = `# What \`npm run bench\` measured

Each line is one run: Reviver, and its ratio to the bare loop of the same run. Only ratios compare between machines. Each
line's figures, with all rounds and peers, are in \`history/\`.

| when | revision | size | latency p50 | x loop | plans/s | x loop | commits | CPU ms | peak MB | ready ms | takeover ms |
|---|---|---|---|---|---|---|---|---|---|---|---|
`;

/** Keeps the run: all its numbers in a file of its own, one line in HISTORY.md. Gives the file's path. */
export async function keep(bench, run) {
  const { at, revision, size, summary } = run;
  const folder = join(bench, 'history');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${at.slice(0, 10)}-${revision}.json`);
  await writeFile(file, `${JSON.stringify(run, rounded, 2)}\n`);
  const history = join(bench, 'HISTORY.md');
  if (!existsSync(history)) await writeFile(history, HEAD);
  if (summary.reviver) await appendFile(history, line(at, revision, size, summary.reviver));
  return file;
}

function line(at, revision, size, reviver) {
  const number = (key, digits) => reviver[key]?.toFixed(digits) ?? '-';
  const cells = [
    at.slice(0, 16).replace('T', ' '),
    revision,
    size,
    `${number('aloneP50Ms', 1)} ms`,
    number('latencyRatio', 2),
    number('plansPerSecond', 0),
    number('throughputRatio', 2),
    number('commits', 1),
    number('workerCpuMs', 2),
    number('peakMb', 0),
    number('readyMs', 0),
    number('takeoverMs', 0),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function rounded(_key, value) {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
