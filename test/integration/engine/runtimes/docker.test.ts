import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { aService } from '../../../support/builders.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { eventually } from '../../../support/eventually.js';

const docker = withDocker();
let serial = 0;

const SERVES = ['sh', '-c', 'trap "exit 0" TERM; echo begun; while :; do sleep 0.1; done'];

async function container(over: Docker.ContainerCreateOptions = {}): Promise<string> {
  const name = `patient-${++serial}`;
  const made = await docker.engine.createContainer({
    name,
    Image: 'reviver-test',
    Cmd: SERVES,
    ...over,
    HostConfig: { NetworkMode: 'none', ...over.HostConfig },
  });
  await made.start();
  return name;
}

const runtimeOf = (name: string, host = docker.host) =>
  createRuntimes(() => [aService('patient', { runtime: 'docker', containerName: name })], {
    dataDir: '/nowhere',
    dockerHost: host,
  })('patient');

const soon = () => AbortSignal.timeout(20_000);

describeDocker('a container', () => {
  test('is stopped and started, and each start is another instance', async () => {
    const runtime = runtimeOf(await container());
    const first = await runtime.status();
    expect(first).toMatchObject({ status: 'running', summary: expect.stringMatching(/^container [0-9a-f]{12}$/) });
    expect(await runtime.stop(soon())).toMatchObject({ status: 'stopped', instance: null });
    expect(await runtime.stop(soon())).toMatchObject({ status: 'stopped' });
    const second = await runtime.start(soon());
    expect(second).toMatchObject({ status: 'running', summary: first.summary });
    expect(second.instance).not.toBe(first.instance);
    expect(await runtime.start(soon())).toEqual(second);
  }, 60_000);

  test('that is paused counts as stopped, and start lets it go on', async () => {
    const name = await container();
    await docker.engine.getContainer(name).pause();
    const runtime = runtimeOf(name);
    expect(await runtime.status()).toMatchObject({ status: 'stopped', summary: expect.stringContaining('paused') });
    expect(await runtime.start(soon())).toMatchObject({ status: 'running' });
  }, 60_000);

  test('says how it ended', async () => {
    const name = await container({ Cmd: ['sh', '-c', 'exit 3'] });
    await docker.engine.getContainer(name).wait();
    expect(await runtimeOf(name).status()).toMatchObject({
      status: 'stopped',
      summary: expect.stringContaining('ended with 3'),
      facts: { exit_code: 3 },
    });
  }, 60_000);

  test.each([
    ['without a terminal', false],
    ['with a terminal', true],
  ])(
    'shows its last lines %s',
    async (_how, Tty) => {
      const name = await container({ Tty, Cmd: ['sh', '-c', 'echo one; echo two >&2; echo three'] });
      await docker.engine.getContainer(name).wait();
      expect((await runtimeOf(name).logs(2)).map((line) => line.trim())).toHaveLength(2);
      expect((await runtimeOf(name).logs(10)).map((line) => line.trim()).sort()).toEqual(['one', 'three', 'two']);
    },
    60_000,
  );

  test('that is not there is told apart from one that is stopped', async () => {
    const runtime = runtimeOf('nobody');
    expect(await runtime.status()).toMatchObject({ status: 'missing', summary: 'no container nobody' });
    await expect(runtime.start(soon())).rejects.toThrow(/There is no container nobody on this Docker engine/);
  }, 60_000);
});

describeDocker('recreate', () => {
  test('gives a new container with the configuration and the volumes of the old one', async () => {
    const name = await container({
      Env: ['COLOUR=green'],
      Labels: { team: 'sre' },
      Volumes: { '/data': {} },
      Cmd: ['sh', '-c', 'echo kept >> /data/file; trap "exit 0" TERM; while :; do sleep 0.1; done'],
    });
    const before = await docker.engine.getContainer(name).inspect();
    const runtime = runtimeOf(name);
    const now = await runtime.recreate?.(soon(), 'R-1/0');
    const after = await docker.engine.getContainer(name).inspect();
    expect(now).toMatchObject({ status: 'running' });
    expect(after.Id).not.toBe(before.Id);
    expect(after.Config).toMatchObject({ Env: before.Config.Env, Labels: { team: 'sre' }, Cmd: before.Config.Cmd });
    expect(after.Mounts.map(({ Name }) => Name)).toEqual(before.Mounts.map(({ Name }) => Name));
    expect(
      (await docker.engine.listContainers({ all: true })).filter(({ Names }) => Names[0]?.startsWith(`/${name}`)),
    ).toHaveLength(1);
  }, 60_000);

  test('puts the old one back when the new one does not start', async () => {
    const name = await container();
    const before = await docker.engine.getContainer(name).inspect();
    // Its image has gone meanwhile: by id it still runs, anew it cannot be made.
    const other = await docker.engine.createContainer({
      name: `broken-${serial}`,
      Image: 'reviver-test',
      Cmd: ['/no/such/program'],
      HostConfig: { NetworkMode: 'none' },
    });
    await expect(runtimeOf(`broken-${serial}`).recreate?.(soon(), 'R-1/0')).rejects.toThrow(
      /Docker refused to start the new.*The old container is back/s,
    );
    expect((await other.inspect()).Id).toBe((await docker.engine.getContainer(`broken-${serial}`).inspect()).Id);
    expect((await docker.engine.getContainer(name).inspect()).Id).toBe(before.Id);
  }, 60_000);

  test('goes on from where an attempt that was killed stopped', async () => {
    const name = await container();
    const { Id } = await docker.engine.getContainer(name).inspect();
    await docker.engine.getContainer(name).stop({ t: 1 });
    await docker.engine.getContainer(name).rename({ name: `${name}-reviver-aside` });
    await docker.engine.createContainer({
      name,
      Image: 'reviver-test',
      Cmd: SERVES,
      HostConfig: { NetworkMode: 'none' },
    });
    expect(await runtimeOf(name).recreate?.(soon(), 'R-1/0')).toMatchObject({ status: 'running' });
    const names = (await docker.engine.listContainers({ all: true })).flatMap(({ Names }) => Names);
    expect(names.filter((one) => one.startsWith(`/${name}`))).toEqual([`/${name}`]);
    expect((await docker.engine.getContainer(name).inspect()).Id).not.toBe(Id);
  }, 60_000);
});

describeDocker('a snapshot', () => {
  const WRITES = [
    'sh',
    '-c',
    'test -e /data/file || echo first > /data/file; trap "exit 0" TERM; while :; do sleep 0.1; done',
  ];
  const says = async (name: string, ...command: string[]) => {
    const exec = await docker.engine.getContainer(name).exec({ Cmd: command, AttachStdout: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString().trim();
  };

  test('brings back the configuration and the data as they were', async () => {
    const name = await container({ Env: ['VERSION=1'], Cmd: WRITES, Volumes: { '/data': {} } });
    await eventually(async () => expect(await says(name, 'cat', '/data/file')).toBe('first'));
    const folder = await mkdtemp(join(tmpdir(), 'capture-'));
    const runtime = runtimeOf(name);
    const captured = await runtime.snapshot?.capture(folder, soon());
    expect(captured?.contents).toEqual([
      `container ${name} of reviver-test`,
      expect.stringMatching(/^volume \/data, \d+\.\d kB$/),
    ]);

    await says(name, 'sh', '-c', 'echo spoilt > /data/file; touch /data/rubbish');
    const { Id } = await docker.engine.getContainer(name).inspect();
    expect(await runtime.snapshot?.restore(folder, soon(), 'R-1/0')).toMatchObject({ status: 'running' });
    expect(await says(name, 'cat', '/data/file')).toBe('first');
    expect(await says(name, 'ls', '/data')).toBe('file');
    const after = await docker.engine.getContainer(name).inspect();
    expect(after.Id).not.toBe(Id);
    expect(after.Config.Env).toContain('VERSION=1');
    await rm(folder, { recursive: true });
  }, 60_000);

  test('brings back a container that is gone', async () => {
    const name = await container();
    const folder = await mkdtemp(join(tmpdir(), 'capture-'));
    await runtimeOf(name).snapshot?.capture(folder, soon());
    await docker.engine.getContainer(name).remove({ force: true });
    expect(await runtimeOf(name).snapshot?.restore(folder, soon(), 'R-1/0')).toMatchObject({ status: 'running' });
    await rm(folder, { recursive: true });
  }, 60_000);

  test('of an image that is gone changes nothing', async () => {
    const name = await container();
    const folder = await mkdtemp(join(tmpdir(), 'capture-'));
    await runtimeOf(name).snapshot?.capture(folder, soon());
    const file = join(folder, 'container.json');
    const gone = { ...JSON.parse(await readFile(file, 'utf8')), Image: 'sha256:00' };
    await writeFile(file, JSON.stringify({ ...gone, Config: { ...gone.Config, Image: 'gone:1' } }));
    const before = await runtimeOf(name).status();
    await expect(runtimeOf(name).snapshot?.restore(folder, soon(), 'R-1/0')).rejects.toThrow(
      /The image gone:1 of the snapshot is not on this Docker engine any more/,
    );
    expect(await runtimeOf(name).status()).toEqual(before);
    await rm(folder, { recursive: true });
  }, 60_000);
});

describeDocker('an engine', () => {
  test('that cannot be reached is named, and nothing was changed', async () => {
    const runtime = runtimeOf('patient-1', 'unix:///nowhere/docker.sock');
    await expect(runtime.stop(soon())).rejects.toThrow(
      'The Docker engine at unix:///nowhere/docker.sock cannot be reached (nothing answers there), so it could not stop patient-1.',
    );
  });

  test('that this user may not use is told apart from one that is not there', async () => {
    const name = await container();
    const before = await runtimeOf(name).status();
    // Another name of the socket, since an open connection would be used again.
    const folder = await mkdtemp(join(tmpdir(), 'dk-'));
    const socket = join(folder, 'other.sock');
    await symlink(new URL(docker.host).pathname, socket);
    // The test runs as root, whom no permission stops.
    process.seteuid?.('nobody');
    try {
      await expect(runtimeOf(name, `unix://${socket}`).stop(soon())).rejects.toThrow(
        `The Docker engine at unix://${socket} cannot be reached (this user may not use it), so it could not stop ${name}.`,
      );
    } finally {
      process.seteuid?.(0);
      await rm(folder, { recursive: true });
    }
    expect(await runtimeOf(name).status()).toEqual(before);
  }, 60_000);
});
