import type { InventoryWords } from '../topics/inventory.js';
import { measures } from './measures.js';

const { about } = measures;

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

export const inventory: InventoryWords = {
  workers: (alive) => (alive === 1 ? '1 worker is alive' : `${alive} workers are alive`),
  noWorkers: 'No worker is alive: nothing is executed. Start one: reviver worker',
  worker: (host, pid, pools, running, version, heardMs) =>
    `${host}, pid ${pid} · pools ${pools.join(', ')} · ${running} running · version ${version} · heard ${about(heardMs)} ago`,
  unserved: (pools) =>
    `No live worker serves ${pools.join(', ')}: steps for it wait. Start one: reviver worker --pool ${pools[0] ?? 'NAME'}`,
  snapshots: (service, count) => `${count} ${count === 1 ? 'snapshot' : 'snapshots'} of ${service}, the newest first`,
  noSnapshots: (service) =>
    `No snapshot of ${service} is kept. A step with "snapshot: true", or take_snapshot, makes one.`,
  snapshot: (id, agoMs, by, bytes) => `${id} · ${about(agoMs)} ago · ${by} · ${megabytes(bytes)}`,
  damaged: (why) => `damaged: ${why}`,
  tried: (tookMs) => `proven: restored and compared in ${about(tookMs)}`,
  restoreHint: (service) =>
    `\`/recover ${service} --strategy rollback\` brings back the newest whole one that no restore has kept.`,
  elsewhere: 'in the bucket alone',
  fetchHint: (service) =>
    `Those in the bucket alone come back to where restores look by \`reviver backup fetch-snapshot ${service}\`, at a shell of the worker's node.`,
  bucketUnasked: (why) =>
    `The bucket could not be asked, so what lies there alone is not in this list: ${why.replace(/\.$/, '')}.`,
  backups: (names) => `Backups: the newest of ${names === 1 ? 'each name' : `each of ${names} names`}`,
  backup: (name, lostMs, bytes, count) =>
    `${name} · ${about(lostMs)} old: what was written since is not in it · ${megabytes(bytes)} · ${count} kept`,
  noBackup: (name) => `${name} · none yet`,
  proven: (restoreMs) => `proven: restored and counted in ${about(restoreMs)}`,
  notProven: 'not proven by a restore yet',
  notGood: (why) => `not good: ${why}`,
  damagedOnes: (ids) => `damaged: ${ids.join(', ')}`,
  jobRuns: (job, by, sinceMs) => `${job} runs for ${about(sinceMs)} on ${by}`,
  jobFailed: (job, why, agoMs) => `${job} failed ${about(agoMs)} ago: ${why}`,
  nextBackup: (inMs) => `The next one comes in ${about(inMs)}.`,
  backupsAsked: 'Backups are being made. `/recover backup` shows them when they are there.',
  backupAct: (given) => `\`backup ${given}\` is not known: \`backup\` shows what there is, \`backup now\` makes them.`,
};
