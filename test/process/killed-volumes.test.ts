import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { SCRATCH } from '../../src/engine/runtimes/docker/rehearse.js';
import { createSnapshotCatalog } from '../../src/engine/snapshots/catalog.js';
import type { KeptSnapshot } from '../../src/engine/snapshots/snapshot.js';
import { type S3Server, startS3 } from '../platforms/s3/server.js';
import { describeDocker, withDocker } from '../support/docker.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';

/** What the clock does with the volumes of a container and with the repository, killed in its middle for real. */
const KEY = 'ab'.repeat(32);
const JOBS = ['backup_volumes', 'backup_volumes_verify', 'backup_volumes_upload', 'backup_mirror'];
const run = promisify(execFile);

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let s3: S3Server;
let mirror: Awaited<ReturnType<typeof createPrivateFolder>>;

const git = (...args: string[]) => run('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@localhost', ...args]);
const hourly = () => join(reviver.folder, 'data', 'snapshots-hourly');

beforeAll(async () => {
  if (!docker.there) return;
  s3 = await startS3();
  mirror = await createPrivateFolder('reviver-mirror');
  await git('init', '--quiet', '--bare', mirror.path);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: '  - { name: files, runtime: docker, container_name: files, snapshots: { hourly: true } }',
    more: `housekeeping: { schedules: { ${JOBS.map((name) => `${name}: "0 0 1 1 *"`).join(', ')} } }`,
    env: {
      DOCKER_HOST: docker.host,
      REVIVER_SECRET_KEY: KEY,
      BACKUP_MIRROR_URL: `file://${mirror.path}`,
      BACKUP_VOLUMES_S3_URL: s3.url,
    },
  });
  const made = await docker.engine.createContainer({
    name: 'files',
    Image: 'reviver-test',
    Cmd: ['sh', '-c', 'head -c 60000000 /dev/urandom >/data/great; touch /data/ready; sleep 600'],
    HostConfig: { NetworkMode: 'host', Binds: ['files-data:/data'] },
  });
  await made.start();
  await eventually(() => made.getArchive({ path: '/data/ready' }));
  const runbooks = join(reviver.folder, 'runbooks');
  await git('-C', runbooks, 'init', '--quiet');
  await commit('one');
  const first = await reviver.start('first', ['start', '--role', 'scheduler']);
  for (const name of JOBS) await finished(name);
  first.kill('SIGTERM');
  await first.ended;
}, 120_000);
afterAll(async () => {
  await reviver?.stop();
  await s3?.close();
  await mirror?.remove();
}, 60_000);

async function commit(name: string): Promise<void> {
  const runbooks = join(reviver.folder, 'runbooks');
  await writeFile(join(runbooks, `${name}.txt`), name);
  await git('-C', runbooks, 'add', '.');
  await git('-C', runbooks, 'commit', '--quiet', '--message', name);
}

const snapshots = () =>
  createSnapshotCatalog({ dir: hourly(), secretKey: KEY, retention: { days: 1, atLeast: 1, atMost: 99 } }).list(
    'files',
  );
const ids = (all: KeptSnapshot[]) => all.map(({ id }) => id);
const heads = async () =>
  (await git('-C', mirror.path, 'log', '--format=%s', '--all')).stdout.split('\n').filter(Boolean);

/** Its lease is over sooner than the half minute that it has, and what was made a minute ago is made again. */
const due = (name: string) =>
  eventually(async () => {
    const known = await database.query(
      'UPDATE housekeeping SET lease_until = now(), next_at = now(), tries = 0 WHERE name = $1 RETURNING name',
      [name],
    );
    expect(known).toHaveLength(1);
  });
async function finished(name: string): Promise<void> {
  await due(name);
  await eventually(
    async () => {
      const [row] = await database.query(
        'SELECT last_outcome, last_detail, next_at > now() AS later FROM housekeeping WHERE name = $1',
        [name],
      );
      expect(row).toMatchObject({ last_outcome: 'succeeded', later: true });
    },
    { timeoutMs: 40_000 },
  );
}

async function scratch(): Promise<string[]> {
  const filters = { label: [SCRATCH] };
  const containers = await docker.engine.listContainers({ all: true, filters });
  const { Volumes: volumes } = await docker.engine.listVolumes({ filters });
  return [...containers.map(({ Id }) => Id), ...(volumes ?? []).map(({ Name }) => Name)];
}

/** Names of what is being taken, opened or proven, below the data. */
async function halves(): Promise<string[]> {
  const files = await readdir(join(reviver.folder, 'data'), { recursive: true }).catch(() => []);
  return files.filter((file) => /(^|\/)(taking|opening|opened|packing|mirror)-[^/]*$|\.part$/.test(file));
}

/** As if they were of an earlier hour: an hour has one. */
async function aged(): Promise<void> {
  const folder = join(hourly(), 'files');
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json')) continue;
    const manifest = join(folder, name);
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"clock/', '"clock/earlier-'));
  }
}

interface Middle {
  hold?(): Promise<() => unknown>;
  reached(): Promise<boolean>;
  meanwhile?(): Promise<void>;
  done(before: KeptSnapshot[]): Promise<void>;
}

const MIDDLES: Record<string, Middle> = {
  backup_volumes: {
    async hold() {
      await aged();
      return () => {};
    },
    reached: async () => (await halves()).length > 0,
    done: async (before) => {
      const now = await snapshots();
      expect(now).toHaveLength(before.length + 1);
      expect(now[0]?.damaged).toBeUndefined();
    },
  },
  backup_volumes_verify: {
    reached: async () => (await scratch()).length > 0,
    meanwhile: async () => expect((await snapshots())[0]?.proof).toBeUndefined(),
    done: async () => expect((await snapshots())[0]?.proof).toMatchObject({ outcome: 'restored' }),
  },
  backup_volumes_upload: {
    async hold() {
      s3.hang((request) => request.method === 'PUT' && request.url?.endsWith('.json') === true);
      return () => s3.hang(() => false);
    },
    reached: async () => s3.hung.length > 0,
    async done([newest]) {
      const keys = [...s3.objects.keys()].filter((key) => key.includes(String(newest?.id)));
      expect(keys.sort()).toEqual([`reviver/files/${newest?.id}.json`, `reviver/files/${newest?.id}.tar.age`]);
    },
  },
  backup_mirror: {
    async hold() {
      await commit('two');
      const hook = join(mirror.path, 'hooks', 'pre-receive');
      await writeFile(hook, '#!/bin/sh\ntouch came\nwhile [ ! -e go ]; do sleep 0.1; done\n', { mode: 0o755 });
      return () => writeFile(join(mirror.path, 'go'), '');
    },
    reached: async () => (await readdir(mirror.path)).includes('came'),
    done: async () => expect(await heads()).toEqual(['two', 'one']),
  },
};

describeDocker('what is killed in its middle', () => {
  test.each(Object.entries(MIDDLES))(
    '%s leaves nothing worse than before, and the next one does the work',
    async (name, { hold, reached, meanwhile, done }) => {
      const doomed = await reviver.start('doomed', ['start', '--role', 'scheduler']);
      const before = await snapshots();
      const release = await hold?.();
      try {
        await due(name);
        await eventually(reached, { timeoutMs: 30_000, everyMs: 1 });
      } finally {
        doomed.kill('SIGKILL');
        await doomed.ended;
        await release?.();
      }
      const after = await snapshots();
      expect(ids(after)).toEqual(ids(before));
      expect(after.filter(({ damaged }) => damaged !== undefined)).toEqual([]);
      await meanwhile?.();

      const next = await reviver.start('next', ['start', '--role', 'scheduler']);
      try {
        await finished(name);
        await done(before);
        expect([await halves(), await scratch()]).toEqual([[], []]);
      } finally {
        next.kill('SIGTERM');
        await next.ended;
      }
    },
    120_000,
  );
});
