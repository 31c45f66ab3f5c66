import { PEERS } from '../peers.mjs';
import { judge } from './targets.mjs';

const ms = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
const times = (value) => `${value.toFixed(2)}x`;
const spread = ([least, most]) => `${least.toFixed(2)}-${most.toFixed(2)}`;

/** Rows of the table for people: `[title, key, how a value is written]`. */
const ROWS = [
  ['latency alone, p50 ms', 'aloneP50Ms', ms],
  ['latency alone, p95 ms', 'aloneP95Ms', ms],
  ['  times the loop', 'latencyRatio', times],
  ['  over the rounds', 'latencySpread', spread],
  ['plans/s, 200 in flight', 'plansPerSecond', ms],
  ['  times the loop', 'throughputRatio', times],
  ['  over the rounds', 'throughputSpread', spread],
  ['latency then, p50 ms', 'loadedP50Ms', ms],
  ['latency then, p95 ms', 'loadedP95Ms', ms],
  ['commits a plan, alone', 'commits', (value) => value.toFixed(1)],
  ['  with reading ones', 'transactions', (value) => value.toFixed(1)],
  ['CPU ms a plan, worker', 'workerCpuMs', (value) => value.toFixed(2)],
  ['  requester', 'requesterCpuMs', (value) => value.toFixed(2)],
  ['  Postgres', 'postgresCpuMs', (value) => value.toFixed(2)],
  ['  Redis', 'redisCpuMs', (value) => value.toFixed(2)],
  ["worker's peak, MB", 'peakMb', ms],
  ['  of which alone', 'peakAloneMb', ms],
  ['worker ready, ms', 'readyMs', ms],
  ['takeover, ms', 'takeoverMs', ms],
  ['  from another host', 'takeoverOtherHostMs', ms],
];

export function table(summary) {
  const peers = Object.keys(summary);
  const rows = ROWS.filter(([, key]) => peers.some((peer) => summary[peer][key] !== undefined)).map(
    ([title, key, write]) => [
      title,
      ...peers.map((peer) => (summary[peer][key] === undefined ? '-' : write(summary[peer][key]))),
    ],
  );
  const legend = peers.map((peer) => `  ${peer.padEnd(8)} ${PEERS[peer].what}`);
  return [...legend, '', ...aligned([['', ...peers], ...rows])].join('\n');
}

/** `met` or `MISSED` for each of Reviver's targets. */
export function verdicts(summary) {
  if (!summary.reviver) return '';
  const rows = judge(summary.reviver).map(({ says, value, limit, met }) => [
    met ? 'met' : 'MISSED',
    says,
    value.toFixed(value < 100 ? 2 : 0),
    limit,
  ]);
  return aligned(rows, 2).join('\n');
}

/** Columns padded; numbers to the right, the first `left` columns to the left. */
function aligned(rows, left = 1) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}
