import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { ActionContext } from '../../../../src/engine/actions/action.js';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { createBackup } from '../../../../src/engine/actions/create-backup.js';
import { restoreBackup } from '../../../../src/engine/actions/restore-backup.js';
import { takeSnapshot } from '../../../../src/engine/actions/take-snapshot.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { createDockerEngine } from '../../../../src/engine/runtimes/docker/engine.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { eventually } from '../../../support/eventually.js';
import { startOwnPostgres } from '../../../support/postgres.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot, keptService } from '../snapshots/subject.js';
import { createRedisPatient } from './redis-patient.js';

const docker = withDocker();
const TRIED = new Set<string>();

/** Actions that touch no server of these: each is tried with what it touches. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  breaker_open: "Reviver's own database",
  breaker_reset: "Reviver's own database",
  catch_up_care: "Reviver's own database",
  check_certificate: 'it is a look: one TLS connection, as in test/process/runbooks/certificate-expiry.test.ts',
  kubernetes_rollout_restart: 'a cluster, in test/kubernetes',
  kubernetes_rollout_undo: 'a cluster, in test/kubernetes',
  kubernetes_scale: 'a cluster, in test/kubernetes',
  kubernetes_delete_pod: 'a cluster, in test/kubernetes',
};

const nothing = (): never => {
  throw new Error('a dry run must not have an effect');
};

/** As the engine makes a dry run: programs, messages and snapshots are refused. */
async function dryRun(name: string, input: JsonObject, context: ActionContext): Promise<string> {
  TRIED.add(name);
  const snapshots = { ...context.snapshots, take: nothing, open: nothing, prune: nothing };
  const rim = { ...context, exec: nothing, notify: nothing, log: nothing, snapshots, runKey: 'look' };
  return (await BUILT_IN_ACTIONS.get(name)?.preview?.(input, rim)) ?? '';
}

/** Every file below a folder with its time and size. */
async function filesIn(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true });
  const stats = await Promise.all(names.map(async (name) => [name, await stat(join(dir, name))] as const));
  return stats.map(([name, { mtimeMs, size }]) => `${name} ${mtimeMs} ${size}`).sort();
}

describe('a dry run on a Redis', () => {
  test('asks for facts alone, and its files and process stay', async () => {
    const redis = await createRedisPatient();
    const kept = keptService(redis.service, await freshRoot('dry-'));
    const context = redis.context({ snapshots: kept.snapshots });
    const said: string[][] = [];
    try {
      await redis.up();
      await redis.fill(1_204);
      await createBackup.run({ name: 'redis_backup' }, context, {});
      await redis.down();
      await restoreBackup.run({ backup: 'redis_backup' }, { ...context, runKey: 'R-1/2' }, {});
      await redis.up();
      await takeSnapshot.run({ service: 'redis' }, { ...context, runKey: 'R-1/3', dataDir: kept.root }, {});
      const asking = new Redis(redis.url);
      const monitor = await asking.monitor();
      asking.disconnect();
      monitor.on('monitor', (_: string, words: string[]) => said.push(words));
      const [was, files] = [await redis.runtime.status(), await filesIn(redis.folder)];

      const tries: [string, JsonObject, RegExp][] = [
        ['stop_service', { service: 'redis' }, /^would stop pid \d+; in it: 1,204 keys, \d+ clients? connected$/],
        ['start_service', { service: 'redis' }, /runs already/],
        ['restart_service', { service: 'redis' }, /^would stop pid \d+ and start redis; in it: 1,204 keys/],
        ['recreate_service', { service: 'redis' }, /cannot be made anew/],
        ['reload_service', { service: 'redis' }, /^would tell redis \(pid \d+\) to reload$/],
        ['show_logs', { service: 'redis' }, /^would show the last \d+ lines of redis$/],
        ['check_health', { service: 'redis' }, /now: PING answers/],
        ['wait_for', { service: 'redis' }, /^would wait up to 60s for redis$/],
        ['wait_until_noticed', { service: 'redis' }, /^would wait up to 2m until the monitor sees that redis is down$/],
        [
          'create_backup',
          { name: 'redis_backup' },
          /^would save redis; in it: 1,204 keys.*newest backup so far: .*1,204 keys$/,
        ],
        [
          'restore_backup',
          { backup: 'redis_backup' },
          /^would replace dump\.rdb \(1,204 keys\) by backup of .*1,204 keys/,
        ],
        [
          'restore_previous',
          { service: 'redis', aside: 'R-1_2' },
          /^would put .* of redis back that (is|are) kept in R-1_2$/,
        ],
        ['take_snapshot', { service: 'redis' }, /^would keep Redis, 1,204 keys/],
        [
          'restore_snapshot',
          { service: 'redis' },
          /^would replace pid \d+; in it: 1,204 keys.* by what was kept on .*Redis, 1,204 keys/,
        ],
        [
          'redis_command',
          { service: 'redis', command: ['FLUSHALL'], writes: true },
          /^would send FLUSHALL .*1,204 keys/,
        ],
        ['redis_command', { service: 'redis', command: ['GET', 'key1'] }, /^would send GET key1/],
        [
          'run_command',
          { command: ['redis-cli', 'FLUSHALL'] },
          /^would run redis-cli FLUSHALL; (here that is|it cannot)/,
        ],
        [
          'http_request',
          { url: 'http://127.0.0.1:1/x', method: 'POST' },
          /^would send POST http:\/\/127\.0\.0\.1:1\/x$/,
        ],
        ['notify', { message: 'hello' }, /^would say: hello$/],
        ['page', { message: 'hello' }, /^would call people: hello$/],
        ['ask', { question: 'Sure?' }, /^would ask: Sure\?$/],
      ];
      for (const [name, input, expected] of tries)
        expect(`${name}: ${await dryRun(name, input, { ...context, dataDir: kept.root })}`).toMatch(
          new RegExp(expected.source.replace(/^\^/, `^${name}: `), 's'),
        );

      const last = new Redis(redis.url);
      await last.echo('the end');
      last.disconnect();
      await eventually(async () => expect(said.flat()).toContain('the end'));
      monitor.disconnect();
      const reads = /^(info|ping|dbsize|command|client|echo|config get|object|exists|hello)\b/i;
      expect(said.map((words) => words.join(' ')).filter((line) => !reads.test(line))).toEqual([]);
      expect(await redis.runtime.status()).toEqual(was);
      expect(await filesIn(redis.folder)).toEqual(files);
    } finally {
      await redis.remove();
    }
  }, 60_000);
});

describe('a dry run on a Postgres', () => {
  test('runs nothing but reading transactions', async () => {
    const server = await startOwnPostgres();
    await server.query('CREATE TABLE orders AS SELECT n FROM generate_series(1, 1000) n');
    await server.query('CREATE DATABASE shop');
    await server.query('ANALYZE');
    const health = [{ type: 'postgres' as const, url: server.url, intervalMs: 1, timeoutMs: 2_000, failures: 1 }];
    const service = serviceWith({ name: 'db', process: { command: ['sleep', '600'], cwd: '/', env: {} }, health });
    const kept = keptService(service, await freshRoot('dry-pg-'));
    const written = async () =>
      server.query<{ now: string; databases: string }>(
        `SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = 'template1')::text AS other,
           (SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database) AS databases,
           (SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'orders')::text AS changes,
           txid_snapshot_xmax(txid_current_snapshot())::text AS next_transaction`,
      );
    const was = await written();
    const context = kept.context('look');
    const write = { database: 'db', query: 'DELETE FROM orders WHERE n > $1', params: [10], writes: true };
    const tries: [string, JsonObject, RegExp][] = [
      ['sql_query', write, /^would change about [\d,]+ rows by the server's estimate; postgres has \d+ connections?/],
      ['sql_query', { database: 'db', query: 'SELECT * FROM orders' }, /^would read about 1,000 rows/],
      ['stop_service', { service: 'db' }, /^db does not run: nothing to stop$/],
      ['take_snapshot', { service: 'db' }, /^would keep .*database shop \(\d+\.\d MB\)/],
      ['check_health', { service: 'db' }, /now: answers select 1/],
    ];
    for (const [name, input, expected] of tries) expect(await dryRun(name, input, context)).toMatch(expected);
    // No transaction of theirs was given a number, which every write needs.
    expect(await written()).toEqual(was);
  }, 60_000);
});

describe('a dry run on folders', () => {
  test('counts what would go, and every file stays', async () => {
    const folder = await freshRoot('dry-disk-');
    for (const name of ['a.log', 'b.log', 'keep.txt']) {
      await writeFile(join(folder, name), 'x'.repeat(1_000));
      await utimes(join(folder, name), 1, 1);
    }
    const disk = [{ folder, remove: ['*.log'], olderThanMs: 1_000 }];
    const service = serviceWith({ process: { command: ['true'], cwd: '/', env: {} }, disk });
    const context = keptService(service, await freshRoot('dry-data-')).context('look');
    const files = await filesIn(folder);
    expect(await dryRun('check_disk', { service: service.name }, context)).toMatch(/^would measure .*; now: .*free/);
    expect(await dryRun('clean_folders', { service: service.name }, context)).toMatch(/^would remove .*2 files/);
    expect(await filesIn(folder)).toEqual(files);
  });
});

describe('a dry run of Terraform', () => {
  test('starts no program and leaves the folder as it is', async () => {
    const dir = await freshRoot('dry-tf-');
    await writeFile(join(dir, 'main.tf'), 'resource "terraform_data" "one" {}\n');
    await utimes(dir, 1, 1);
    const files = await filesIn(dir);
    const context = keptService(
      serviceWith({ process: { command: ['true'], cwd: '/', env: {} } }),
      await freshRoot('dry-data-'),
    ).context('look');
    expect(await dryRun('terraform_plan', { dir }, context)).toMatch(/^would plan .*: 1 file, no state yet/);
    expect(await dryRun('terraform_apply', { dir, plan_of: 'plan' }, context)).toMatch(
      /^would apply the plan that step plan saves/,
    );
    expect(await filesIn(dir)).toEqual(files);
    expect((await stat(dir)).mtimeMs).toBe(1_000);
  });
});

describeDocker('a dry run on a container', () => {
  test('is no event of the engine', async () => {
    const made = await docker.engine.createContainer({
      name: 'dry',
      Image: 'reviver-test',
      Cmd: ['sh', '-c', `trap 'exit 0' TERM; while :; do sleep 0.1; done`],
      Volumes: { '/data': {} },
      HostConfig: { NetworkMode: 'none', NanoCpus: 5e8, Memory: 64 * 1_048_576 },
    });
    await made.start();
    const engine = createDockerEngine(docker.host);
    const service = serviceWith({
      name: 'dry',
      runtime: 'docker',
      containerName: 'dry',
      sizes: [
        { cpus: 0.5, memoryBytes: 64 * 1_048_576 },
        { cpus: 1, memoryBytes: 128 * 1_048_576 },
      ],
    });
    const kept = keptService(service, await freshRoot('dry-docker-'), { docker: engine });
    await kept.take('R-1/0');
    const context = { ...kept.context('look'), docker: engine, services: () => [service] };
    const since = Math.floor(Date.now() / 1_000) + 1;
    await eventually(async () => expect(Date.now() / 1_000).toBeGreaterThan(since));
    const tries: [string, JsonObject, RegExp][] = [
      ['stop_service', { service: 'dry' }, /^would stop container [0-9a-f]{12}$/],
      ['start_service', { service: 'dry' }, /runs already/],
      ['restart_service', { service: 'dry' }, /^would stop container [0-9a-f]{12} and start dry$/],
      ['recreate_service', { service: 'dry' }, /^would replace container [0-9a-f]{12} by a new one/],
      ['scale_service', { service: 'dry', by: 1 }, /^would scale dry from 0\.5 CPUs, 64 MB to 1 CPU, 128 MB$/],
      ['take_snapshot', { service: 'dry' }, /^would keep container [0-9a-f]{12} with .* of files; needs at most/],
      ['restore_snapshot', { service: 'dry' }, /^would replace container [0-9a-f]{12} by what was kept/],
      ['docker_pull', { image: 'reviver-test' }, /^would ask the registry for reviver-test; here now: /],
      ['docker_update', { service: 'dry', memory: '128m' }, /^would give dry /],
      ['docker_prune', { what: 'images' }, /^would remove 0 images/],
      ['docker_exec', { service: 'dry', command: ['true'] }, /^would run true in container/],
    ];
    for (const [name, input, expected] of tries) expect(await dryRun(name, input, context)).toMatch(expected);
    const until = Math.floor(Date.now() / 1_000) + 1;
    let events = '';
    for await (const chunk of await docker.engine.getEvents({ since, until })) events += String(chunk);
    expect(events).toBe('');
  }, 90_000);
});

const all = docker.there ? test : test.skip;
afterAll(() => TRIED.clear());
all('every action was tried so', () => {
  const untried = [...BUILT_IN_ACTIONS.keys()].filter((name) => !TRIED.has(name) && !(name in ELSEWHERE));
  expect(untried).toEqual([]);
});
