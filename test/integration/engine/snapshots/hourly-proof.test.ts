import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { identityOf } from '../../../../src/engine/processes/identity.js';
import { makerMark } from '../../../../src/engine/processes/own-folder.js';
import { createDockerEngine } from '../../../../src/engine/runtimes/docker/engine.js';
import { SCRATCH } from '../../../../src/engine/runtimes/docker/rehearse.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { createSnapshotCatalog } from '../../../../src/engine/snapshots/catalog.js';
import { hourlySnapshots } from '../../../../src/engine/snapshots/hourly.js';
import { hourlyProofs } from '../../../../src/engine/snapshots/verify-hourly.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { eventually } from '../../../support/eventually.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { turn } from '../backups/archiving-server.js';
import { atEnd, freshRoot } from './subject.js';

const docker = withDocker();
const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-23T05:20:00Z');

/** A container with a volume of three files, whose snapshots are taken and tried by the clock. */
async function subject(name: string) {
  const service = serviceWith({ name, runtime: 'docker', containerName: name, hourlySnapshots: true });
  const root = await freshRoot(`${name}-`);
  const made = await docker.engine.createContainer({
    name,
    Image: 'reviver-test',
    Cmd: [
      'sh',
      '-c',
      'mkdir -p /data/d; for n in 1 2 3; do head -c 50000 /dev/urandom >/data/d/$n; done; touch /data/ready; sleep 300',
    ],
    HostConfig: { NetworkMode: 'host', Binds: [`${name}-data:/data`] },
  });
  await made.start();
  await eventually(() => made.getArchive({ path: '/data/ready' }));
  const snapshots = createSnapshotCatalog({
    dir: join(root, 'hourly'),
    secretKey: '11'.repeat(32),
    retention: { days: Number.POSITIVE_INFINITY, atLeast: 3, atMost: 3 },
  });
  const runtime = createRuntimes(() => [service], {
    dataDir: join(root, 'reviver'),
    docker: createDockerEngine(docker.host),
  });
  const parts = { services: () => [service], runtime, snapshots };
  const ctx = turn(`proof ${name}`);
  atEnd(() => ctx.close());
  const folder = join(root, 'hourly', name);
  return {
    folder,
    list: () => snapshots.list(name),
    take: (hour: number) => hourlySnapshots(parts).run({ ...ctx, now: () => new Date(START + hour * HOUR_MS) }),
    prove: () => hourlyProofs(parts).run(ctx),
    file: (id: string) => join(folder, `${id}.tar.age`),
  };
}

const scratch = async () => {
  const filters = { label: [SCRATCH] };
  const containers = await docker.engine.listContainers({ all: true, filters });
  return [...containers, ...((await docker.engine.listVolumes({ filters })).Volumes ?? [])].length;
};

describeDocker('each hourly snapshot', () => {
  test('is restored into a scratch volume and counted once, and nothing of that is left', async () => {
    const { take, prove, list, folder } = await subject('proof-good');
    await take(0);
    expect((await list())[0]?.proof).toBeUndefined();
    expect(await prove()).toMatchObject({ summary: '1 snapshot restored and compared', proven: 1 });
    const [one] = await list();
    expect(one?.facts.volumes).toEqual([{ at: '/data', entries: 6, bytes: 150_000 }]);
    expect(one?.proof).toMatchObject({
      outcome: 'restored',
      detail: expect.stringMatching(
        /^2 entries, .*, as counted when it was taken; volume \/data in a scratch volume: 6 entries, 150(\.0)? kB$/,
      ),
    });
    expect(one?.damaged).toBeUndefined();
    expect(await prove()).toMatchObject({ proven: 0 });
    expect(await scratch()).toBe(0);
    expect((await readdir(folder)).sort()).toEqual([`${one?.id}.json`, `${one?.id}.proof`, `${one?.id}.tar.age`]);
  }, 120_000);

  test.each([
    ['cut off', /its data file has \d+ of \d+ bytes/, (file: string, at: number) => truncate(file, at)],
    [
      'changed in one byte',
      /its checksum is not the one from when it was taken/,
      async (file: string, at: number) => {
        const bytes = await readFile(file);
        bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
        await writeFile(file, bytes);
      },
    ],
  ])(
    'that is %s at 60 %% of its length is found, said until a newer one is good, and kept out of restores',
    async (how, why, damage) => {
      const { take, prove, list, file } = await subject(`proof-${how.length}`);
      await take(0);
      const [one] = await list();
      const path = file(one?.id ?? '');
      await damage(path, Math.floor((await stat(path)).size * 0.6));
      const said = prove();
      await expect(said).rejects.toThrow(`Snapshot ${one?.id} of proof-${how.length} is damaged: `);
      await expect(said).rejects.toThrow(why);
      await expect(said).rejects.toThrow(`There is no good one of proof-${how.length}.`);
      await expect(prove()).rejects.toThrow(why);
      expect((await list())[0]).toMatchObject({ damaged: expect.stringMatching(why), proof: { outcome: 'failed' } });
      await take(1);
      expect(await prove()).toMatchObject({
        summary: '1 snapshot restored and compared; 1 damaged, with a newer good one',
      });
    },
    120_000,
  );

  test('that was good and is damaged later is found, too', async () => {
    const { take, prove, list, file } = await subject('proof-later');
    await take(0);
    await take(1);
    await prove();
    const [newer, older] = await list();
    await truncate(file(older?.id ?? ''), 100);
    await expect(prove()).rejects.toThrow(
      new RegExp(`${older?.id} of proof-later is damaged: .* The newest good one of proof-later is ${newer?.id}\\.`),
    );
  }, 120_000);

  test('leaves no scratch volume for longer than to the next proof when its process is killed; one of a living process stays', async () => {
    const { take, prove } = await subject('proof-killed');
    await take(0);
    const process = spawn('sleep', ['300']);
    const who = await identityOf(process.pid ?? 0);
    const Labels = { [SCRATCH]: await makerMark(who) };
    await docker.engine.createVolume({ Name: 'reviver-scratch-killed', Labels });
    await docker.engine.createContainer({
      name: 'reviver-scratch-killed',
      Image: 'reviver-test',
      Cmd: ['never'],
      Labels,
      HostConfig: { Binds: ['reviver-scratch-killed:/data'] },
    });
    await prove();
    expect(await scratch()).toBe(2);
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
    await take(1);
    await prove();
    expect(await scratch()).toBe(0);
  }, 120_000);
});

test('a process has its files compared in a scratch folder, which a process that was killed does not leave', async () => {
  const root = await freshRoot('proof-files-');
  const dataDir = join(root, 'data');
  const service = serviceWith({
    name: 'files',
    process: { command: ['true'], cwd: '/', env: {} },
    dataDir,
    hourlySnapshots: true,
  });
  await freshFiles(dataDir);
  const snapshots = createSnapshotCatalog({
    dir: join(root, 'hourly'),
    secretKey: '11'.repeat(32),
    retention: { days: 1, atLeast: 1, atMost: 1 },
  });
  const parts = { services: () => [service], runtime: createRuntimes(() => [service], { dataDir: root }), snapshots };
  const ctx = turn('proof files');
  atEnd(() => ctx.close());
  await hourlySnapshots(parts).run(ctx);
  const process = spawn('sleep', ['300']);
  const left = join(root, 'hourly', 'files', `opening-${await makerMark(await identityOf(process.pid ?? 0))}-abcdef`);
  await freshFiles(left);
  const gone = once(process, 'exit');
  process.kill('SIGKILL');
  await gone;
  expect(await hourlyProofs(parts).run(ctx)).toMatchObject({ proven: 1 });
  expect((await snapshots.list('files'))[0]?.proof?.detail).toMatch(/^3 entries, 8 B, as counted/);
  await expect(stat(left)).rejects.toThrow('ENOENT');
});

async function freshFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a'), '1234');
  await writeFile(join(folder, 'b'), '5678');
}
