import { expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import type { Redis } from 'ioredis';
import { Client } from 'pg';
import { withRedis } from '../../../../src/engine/health/redis-session.js';
import type { HealthCheck } from '../../../../src/engine/model/service.js';
import { createDockerEngine } from '../../../../src/engine/runtimes/docker/engine.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { eventually, freePort } from '../../../support/index.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot, type Kept, keptService } from './subject.js';

const docker = withDocker();
const signal = AbortSignal.timeout(300_000);

/** Programs of this machine, in an image that has none: so are real servers had without a registry. */
const PROGRAMS = ['/usr:/usr:ro', '/lib:/lib:ro', '/lib64:/lib64:ro', '/etc/passwd:/etc/passwd:ro'];
const AS_NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups';

interface Patient extends Kept {
  container(): Docker.Container;
  /** Makes it once more, as somebody would who deploys a bad version over the same volume. */
  deploy(over: Docker.ContainerCreateOptions): Promise<void>;
}

async function patient(
  name: string,
  command: string,
  health: Pick<HealthCheck, 'type' | 'url'>[],
  over: Docker.ContainerCreateOptions = {},
): Promise<Patient> {
  const service = serviceWith({
    name,
    runtime: 'docker',
    containerName: name,
    health: health.map((check) => ({ ...check, intervalMs: 1_000, timeoutMs: 1_000, failures: 1 })),
  });
  const kept = keptService(service, await freshRoot(`${name}-`), { docker: createDockerEngine(docker.host) });
  const container = () => docker.engine.getContainer(name);
  const make = async (more: Docker.ContainerCreateOptions): Promise<void> => {
    const made = await docker.engine.createContainer({
      name,
      Image: 'reviver-test',
      Cmd: ['sh', '-c', command],
      HostConfig: { NetworkMode: 'host', Binds: [...PROGRAMS, `${name}-data:/data`] },
      ...more,
    });
    await made.start();
  };
  await make(over);
  return {
    ...kept,
    container,
    async deploy(more) {
      await container().remove({ force: true, v: false });
      await make(more);
    },
  };
}

async function redisPatient(
  name: string,
  args: string,
): Promise<Patient & { talk: Talk; answers(): Promise<unknown> }> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const server = `redis-server --port ${port} --bind 127.0.0.1 --dir /data --repl-diskless-sync-delay 0 ${args}`;
  const made = await patient(name, `chown 65534:65534 /data && exec ${AS_NOBODY} ${server}`, [{ type: 'redis', url }]);
  const talk: Talk = (work) => withRedis(url, signal, work);
  const answers = () => eventually(() => talk(async (redis) => (await redis.ping()) === 'PONG'), { timeoutMs: 20_000 });
  await answers();
  return { ...made, talk, answers };
}

type Talk = <T>(work: (redis: Redis) => Promise<T>) => Promise<T>;

describeDocker('a Redis in a container', () => {
  test.each([
    ['with a dump', '--appendonly no'],
    ['with append-only files, also older ones in its volume', '--appendonly yes'],
  ])(
    '%s comes back with the data of one moment, which are its own',
    async (_, args) => {
      const redis = await redisPatient(`redis-${args.split(' ')[1]}`, args);
      await redis.talk((client) => client.mset('a', 'good', 'b', 'good'));
      const taken = await redis.take('R-1/0');
      expect(taken.summary).toMatch(
        /Redis, 2 keys, \d+ B as a dump; container redis-\w+ of reviver-test; volume \/data/,
      );
      await redis.talk((client) => client.flushall());
      await redis.restore('R-1/1');
      await redis.answers();
      expect(await redis.talk((client) => client.mget('a', 'b'))).toEqual(['good', 'good']);
      // What it writes from now on lasts, too: its files belong to its own user, and older ones are not replayed.
      await redis.talk((client) => client.set('c', 'later'));
      await redis.talk((client) => client.save());
      if (args.endsWith('yes')) await redis.talk((client) => client.bgrewriteaof());
      await eventually(async () =>
        expect(await redis.talk((client) => client.info('persistence'))).toMatch(/aof_rewrite_in_progress:0/),
      );
      await redis.container().restart({ t: 5 });
      await redis.answers();
      expect(await redis.talk(async (client) => (await client.keys('*')).sort())).toEqual(['a', 'b', 'c']);
    },
    120_000,
  );
});

describeDocker('a Postgres in a container', () => {
  test('comes back in its old version with its dump, also when its volume is gone', async () => {
    const port = await freePort();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const bin = '/usr/lib/postgresql/15/bin';
    const serve = `${AS_NOBODY} ${bin}/postgres -D /data/pg -p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
    const first = `chown 65534:65534 /data; [ -e /data/pg ] || ${AS_NOBODY} ${bin}/initdb -D /data/pg -U postgres --auth=trust --no-sync -E UTF8 --locale=C`;
    const db = await patient('pg', `${first}; exec ${serve}`, [{ type: 'postgres', url }]);
    const sql = async (text: string, database = 'shop') => {
      const client = new Client({ connectionString: url.replace(/postgres$/, database) });
      client.on('error', () => {});
      try {
        await client.connect();
        return (await client.query(text)).rows;
      } finally {
        await client.end().catch(() => {});
      }
    };
    await eventually(() => sql('SELECT 1', 'postgres'), { timeoutMs: 60_000 });
    await sql('CREATE DATABASE shop', 'postgres');
    await sql('CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n');
    const taken = await db.take('R-2/0');
    expect(taken.summary).toMatch(/database shop, \S+ kB as a dump; .*container pg of reviver-test/);
    expect(taken.summary).not.toContain('volume');

    await sql('DELETE FROM t');
    await db.deploy({ Cmd: ['sh', '-c', `trap 'exit 0' TERM; while :; do sleep 0.1; done`] });
    await db.restore('R-2/1');
    expect(await sql('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 1_000 }]);
    expect((await db.container().inspect()).Mounts.map(({ Name }) => Name)).toContain('pg-data');

    await db.container().remove({ force: true });
    await docker.engine.getVolume('pg-data').remove();
    await db.restore('R-2/2');
    expect(await sql('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 1_000 }]);
  }, 180_000);
});

describeDocker('a volume over a folder of the image', () => {
  test('comes back without what the service had removed there', async () => {
    const idle = `trap 'exit 0' TERM; while :; do sleep 0.1; done`;
    const mounted = { HostConfig: { Binds: ['over-bin:/bin'] } };
    const over = await patient('over', idle, [], mounted);
    const inside = (command: string) => said(over.container(), 'sh', '-c', command);
    await inside('rm /bin/wget && touch /bin/added');
    await over.take('R-4/0');
    await inside('rm /bin/added');
    await over.restore('R-4/1');
    const now = (await inside('ls /bin')).split(/\s+/);
    expect(now).toEqual(expect.arrayContaining(['added', 'busybox', 'ls']));
    expect(now).not.toContain('wget');
  }, 120_000);
});

/** What a program in the container prints. */
async function said(container: Docker.Container, ...Cmd: string[]): Promise<string> {
  const exec = await container.exec({ Cmd, AttachStdout: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => stream.on('end', resolve));
  return Buffer.concat(chunks).toString();
}

describeDocker('a volume of 100 MB', () => {
  test('is kept and comes back in seconds; both figures are printed', async () => {
    const big = await patient('big', `trap 'exit 0' TERM; while :; do sleep 0.1; done`, []);
    const exec = await big.container().exec({
      Cmd: ['dd', 'if=/dev/urandom', 'of=/data/big', 'bs=1M', 'count=100'],
      AttachStdout: true,
    });
    const stream = await exec.start({});
    await new Promise((resolve) => stream.on('end', resolve).resume());
    const takenMs = await timed(() => big.take('R-3/0'));
    const restoredMs = await timed(() => big.restore('R-3/1'));
    process.stderr.write(`Snapshot of a volume of 100 MB: ${takenMs} ms; rollback to it: ${restoredMs} ms\n`);
    const [before, first] = await big.snapshots.list('big');
    for (const one of [before, first]) expect(one?.bytes).toBeGreaterThan(100_000_000);
  }, 180_000);
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began);
}
