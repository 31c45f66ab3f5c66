import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync } from 'node:fs';
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';
import { freePorts } from '../docker-patients.js';

const MB = 1_048_576;
const root = realpathSync(mkdtempSync(join(tmpdir(), 'disk-')));
const place = (name: string, ...more: string[]): string => join(root, name, ...more);
const disk = place('disk', 'log');

/** A disk of its own, of 16 MB: only root may mount one. */
function mounted(): boolean {
  spawnSync('mkdir', ['-p', place('disk')]);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', place('disk')]).status === 0;
}
const hasDisk = mounted();
if (!hasDisk)
  process.stderr.write('Left out: this user may not mount a tmpfs, so a disk that is really full is not tested\n');

/** Keeps its log open, is well as long as it can write, to its disk or within a limit of its own, and ends with its folder. */
const SERVER = `
const fs = require('fs'), http = require('http');
const [folder, port, limit] = process.argv.slice(1);
fs.openSync(folder + '/app.log', 'a');
const open = folder + '/held.log.1';
if (fs.existsSync(open)) fs.openSync(open, 'r');
const used = () => fs.readdirSync(folder).reduce((sum, name) => sum + fs.lstatSync(folder + '/' + name).size, 0);
http.createServer((_, answer) => {
  try {
    if (limit && used() > Number(limit)) throw new Error('quota exceeded');
    fs.writeFileSync(folder + '/probe', Buffer.alloc(65536));
    answer.end('ok');
  } catch (error) { answer.writeHead(500).end(String(error.message)); }
}).listen(Number(port), '127.0.0.1');
setInterval(() => fs.existsSync(folder) || process.exit(0), 100);
`;

const database = withDatabase();
const redis = withRedis();
let trial: Trial;
let ports: number[];

interface Writer {
  name: string;
  folder: string;
  limit?: number;
  remove?: string;
}
const WRITERS: Writer[] = [
  { name: 'writer', folder: disk },
  { name: 'quota', folder: place('quota', 'log'), limit: 8 * MB },
  { name: 'stuck', folder: place('stuck', 'log'), limit: 8 * MB, remove: 'core.*' },
  { name: 'lost', folder: place('lost', 'log'), limit: 8 * MB },
];

beforeAll(async () => {
  ports = await freePorts(WRITERS.length);
  for (const { folder } of WRITERS) await mkdir(folder, { recursive: true });
  const services = WRITERS.map(
    ({ name, folder, limit, remove = '*.log.*' }, n) => `  - name: ${name}
    runtime: process
    process: { command: [node, -e, ${JSON.stringify(SERVER)}, "${folder}", "${ports[n]}"${limit ? `, "${limit}"` : ''}], cwd: "${root}" }
    disk: [{ folder: "${folder}", remove: ["${remove}"], older_than: 24h${limit ? `, limit: ${limit}` : ''} }]
    health: [{ type: http, url: "http://127.0.0.1:${ports[n]}/", interval: 1h, timeout: 2s }]`,
  );
  trial = await startTrial({ databaseUrl: database.url, redisUrl: redis.url, services: services.join('\n') });
}, 90_000);

afterAll(async () => {
  if (hasDisk) spawnSync('umount', ['--lazy', place('disk')]);
  await rm(root, { recursive: true, force: true });
}, 60_000);

const DAY_S = 86_400;

/** Six rotated logs of 2 MB, the first the oldest; one that is young; data; a link to a file elsewhere. */
async function used(folder: string, mb = 2): Promise<void> {
  for (let n = 1; n <= 6; n += 1) await old(join(folder, `app.log.${n}`), mb, 10 - n);
  await writeFile(join(folder, 'young.log.1'), 'x');
  await writeFile(join(folder, 'orders.db'), 'precious');
  await mkdir(place('elsewhere'), { recursive: true });
  await old(place('elsewhere', 'theirs.log.1'), 1, 9);
  await symlink(place('elsewhere', 'theirs.log.1'), join(folder, 'link.log.1')).catch(() => undefined);
  await symlink(place('elsewhere'), join(folder, 'linked')).catch(() => undefined);
}

async function old(file: string, mb: number, days: number): Promise<void> {
  await writeFile(file, Buffer.alloc(mb * MB));
  const at = Date.now() / 1_000 - days * DAY_S;
  await utimes(file, at, at);
}

async function starts(name: string): Promise<void> {
  const { status } = await trial.reviver.call('POST', `/recover/${name}`, { strategy: 'restart' });
  expect(status).toBe(202);
  await eventually(async () => expect(await health(name)).toBe(200), { timeoutMs: 20_000 });
  await eventually(async () => expect((await trial.reviver.call('GET', '/status')).body.active_recoveries).toBe(0));
}

async function health(name: string): Promise<number> {
  const port = ports[WRITERS.findIndex((one) => one.name === name)];
  return (await fetch(`http://127.0.0.1:${port}/`)).status;
}

/** Writes to its log until nothing goes in any more. */
async function fill(folder: string): Promise<void> {
  for (const bytes of [MB, 4_096])
    for (let full = false; !full; )
      await writeFile(join(folder, 'app.log'), Buffer.alloc(bytes), { flag: 'a' }).catch(() => {
        full = true;
      });
}

describe('disk_full', () => {
  (hasDisk ? test : test.skip)(
    'makes room on a disk that is full, oldest first and no more than it takes',
    async () => {
      await used(disk);
      await old(join(disk, 'held.log.1'), 1, 20);
      await starts('writer');
      await rm(join(disk, 'probe'), { force: true });
      await fill(disk);
      const brokenAt = performance.now();
      expect(await health('writer')).toBe(500);
      const outcome = await trial.run({
        service: 'writer',
        runbook: 'disk_full',
        fault: 'a disk of its own is full of old logs',
        brokenAt,
      });
      expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
      expect(await health('writer')).toBe(200);
      const there = (name: string): boolean => existsSync(join(disk, name));
      expect([1, 2, 3, 4, 5, 6].map((n) => there(`app.log.${n}`))).toEqual([false, true, true, true, true, true]);
      expect(['app.log', 'young.log.1', 'orders.db', 'held.log.1', 'link.log.1'].map(there)).not.toContain(false);
      expect(existsSync(place('elsewhere', 'theirs.log.1'))).toBe(true);
    },
    60_000,
  );

  test('makes room within the limit that a folder has', async () => {
    const { folder } = WRITERS[1] ?? { folder: '' };
    await starts('quota');
    await used(folder, 1);
    await old(join(folder, 'app.log.7'), 3, 1.5);
    const brokenAt = performance.now();
    expect(await health('quota')).toBe(500);
    const params = { free: '2m' };
    const shown = await trial.plan({ service: 'quota', runbook: 'disk_full', params });
    expect(JSON.stringify(shown)).toMatch(
      /would remove 7 files, 9\.4 MB, the oldest first, until 2m is free: app\.log\.1/,
    );
    expect(existsSync(join(folder, 'app.log.1'))).toBe(true);
    expect(
      await trial.run({
        service: 'quota',
        runbook: 'disk_full',
        fault: 'a folder is over its limit',
        params,
        brokenAt,
      }),
    ).toMatchObject({
      state: 'SUCCEEDED',
    });
    expect(await health('quota')).toBe(200);
    expect(existsSync(join(folder, 'orders.db'))).toBe(true);
  }, 60_000);

  test('stops where nothing more may go, and names what is big there', async () => {
    const { folder } = WRITERS[2] ?? { folder: '' };
    await starts('stuck');
    await used(folder);
    const outcome = await trial.run({ service: 'stuck', runbook: 'disk_full', brokenAt: performance.now() });
    expect(outcome).toMatchObject({
      state: 'FAILED',
      steps: { clean: 'succeeded', enough: 'failed', start: 'pending' },
    });
    expect(outcome.view.outcome.message).toMatch(
      /1\d\d % used, 0 B free, and 10% is wanted\. Its biggest files: .*app\.log\.\d \(2\.1 MB\)/,
    );
    expect(existsSync(join(folder, 'app.log.1'))).toBe(true);
  }, 60_000);

  test('says so when the folder is not there', async () => {
    const { folder } = WRITERS[3] ?? { folder: '' };
    await rm(folder, { recursive: true });
    const outcome = await trial.run({ service: 'lost', runbook: 'disk_full', brokenAt: performance.now() });
    expect(outcome.state).toBe('FAILED');
    expect(outcome.view.outcome.message).toMatch(/There is no folder .* on this node\. Nothing was changed/);
  }, 60_000);
});
