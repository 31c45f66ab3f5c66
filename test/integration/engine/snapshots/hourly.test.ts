import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createDockerEngine } from '../../../../src/engine/runtimes/docker/engine.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { createSecrets } from '../../../../src/engine/secrets/secrets.js';
import { createEnvSource } from '../../../../src/engine/secrets/sources/env.js';
import { createSnapshotCatalog } from '../../../../src/engine/snapshots/catalog.js';
import { hourlySnapshots } from '../../../../src/engine/snapshots/hourly.js';
import { snapshotsTogether } from '../../../../src/engine/snapshots/together.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { eventually } from '../../../support/index.js';
import { startOwnRedis } from '../../../support/redis.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { turn } from '../backups/archiving-server.js';
import { atEnd, freshRoot, keptService } from './subject.js';

const docker = withDocker();
const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-23T05:20:00Z');

/** A container with a volume, snapshotted by the clock into a folder of its own. */
async function subject(name: string) {
  const service = serviceWith({ name, runtime: 'docker', containerName: name, hourlySnapshots: true });
  const root = await freshRoot(`${name}-`);
  const engine = createDockerEngine(docker.host);
  const made = await docker.engine.createContainer({
    name,
    Image: 'reviver-test',
    Cmd: ['sh', '-c', '[ -e /data/file ] || echo one >/data/file; trap "exit 0" TERM; sleep 300 & wait'],
    HostConfig: { NetworkMode: 'host', Binds: [`${name}-data:/data`] },
  });
  await made.start();
  const dir = join(root, 'hourly');
  const hourly = createSnapshotCatalog({
    dir,
    secretKey: '11'.repeat(32),
    retention: { days: Number.POSITIVE_INFINITY, atLeast: 2, atMost: 2 },
  });
  const kept = keptService(service, root, { docker: engine });
  const runtime = createRuntimes(() => [service], { dataDir: join(root, 'reviver'), docker: engine });
  const job = hourlySnapshots({ services: () => [service], runtime, snapshots: hourly });
  const ctx = turn(`hourly ${name}`);
  atEnd(() => ctx.close());
  return {
    dir,
    hourly,
    service,
    own: kept.snapshots,
    context: (runKey: string) =>
      kept.context(runKey, { snapshots: snapshotsTogether(kept.snapshots, hourly), service: () => service }),
    run: (hour: number) => job.run({ ...ctx, now: () => new Date(START + hour * HOUR_MS) }),
    /** What a shell in the container prints. */
    async sh(line: string): Promise<string> {
      const container = docker.engine.getContainer(name);
      const exec = await container.exec({ Cmd: ['sh', '-c', line], AttachStdout: true, Tty: true });
      let said = '';
      for await (const chunk of await exec.start({ Tty: true })) said += String(chunk);
      return said.trim();
    },
  };
}

describeDocker('snapshots by the clock', () => {
  test('keep what is in volumes, encrypted, apart from others, and as many as are wanted; a repeated turn takes none twice', async () => {
    const { run, sh, dir, hourly, own, service } = await subject('hourly-kept');
    await eventually(async () => expect(await sh('cat /data/file')).toBe('one'));
    expect(await run(0)).toMatchObject({ summary: expect.stringMatching(/^1 snapshot, /) });
    const [first] = await hourly.list(service.name);
    await run(0);
    expect(await hourly.list(service.name)).toEqual([first]);
    await run(1);
    await run(2);
    expect((await hourly.list(service.name)).map(({ by }) => by)).toEqual([
      'clock/2026-11-23T07',
      'clock/2026-11-23T06',
    ]);
    expect(await own.list(service.name)).toEqual([]);
    expect((await readdir(join(dir, service.name))).filter((file) => !/\.(tar\.age|json)$/.test(file))).toEqual([]);
  }, 120_000);

  test('bring a volume back that was spoilt, by the action of all snapshots', async () => {
    const { run, sh, context, service } = await subject('hourly-back');
    await eventually(async () => expect(await sh('cat /data/file')).toBe('one'));
    await run(0);
    await sh('echo spoilt >/data/file');
    const { restoreSnapshot } = await import('../../../../src/engine/actions/restore-snapshot.js');
    const input = { service: service.name };
    const ctx = context('R-1/0');
    const before = (await restoreSnapshot.look?.(input, ctx)) ?? {};
    await restoreSnapshot.run(input, ctx, before);
    await docker.engine
      .getContainer(service.name)
      .start()
      .catch(() => {});
    await eventually(async () => expect(await sh('cat /data/file')).toBe('one'), { timeoutMs: 20_000 });
  }, 120_000);
});

test('of a service that keeps nothing fail in words, and the job with them', async () => {
  const service = serviceWith({
    name: 'empty',
    process: { command: ['true'], cwd: '/', env: {} },
    hourlySnapshots: true,
  });
  const root = await freshRoot('hourly-empty-');
  const snapshots = createSnapshotCatalog({
    dir: root,
    secretKey: '11'.repeat(32),
    retention: { days: 1, atLeast: 1, atMost: 1 },
  });
  const runtime = createRuntimes(() => [service], { dataDir: root });
  const ctx = turn('hourly empty');
  atEnd(() => ctx.close());
  const { run } = hourlySnapshots({ services: () => [service], runtime, snapshots });
  await expect(run(ctx)).rejects.toThrow('empty: No snapshot of empty can be taken');
});

test('are taken of a server whose address is a secret', async () => {
  const redis = await startOwnRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  const service = serviceWith({
    name: 'secretive',
    process: { command: ['true'], cwd: '/', env: {} },
    health: [{ type: 'redis', url: 'env:CACHE_URL', intervalMs: 1_000, timeoutMs: 1_000, failures: 1 }],
    hourlySnapshots: true,
  });
  const dir = await freshRoot('hourly-secretive-');
  const retention = { days: 1, atLeast: 1, atMost: 1 };
  const snapshots = createSnapshotCatalog({ dir, secretKey: '11'.repeat(32), retention });
  const runtime = createRuntimes(() => [service], { dataDir: dir });
  const secrets = createSecrets([createEnvSource({ CACHE_URL: redis.url })]);
  const ctx = turn('hourly secretive');
  atEnd(() => ctx.close());
  await hourlySnapshots({ services: () => [service], runtime, snapshots, secrets }).run(ctx);
  expect((await snapshots.list(service.name))[0]?.contents).toEqual([expect.stringMatching(/^Redis, 0 keys/)]);
});
