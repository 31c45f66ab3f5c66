import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import type { Action, ActionContext } from '../../../../src/engine/actions/action.js';
import { dockerExec } from '../../../../src/engine/actions/docker-exec.js';
import { dockerPrune } from '../../../../src/engine/actions/docker-prune.js';
import { dockerPull } from '../../../../src/engine/actions/docker-pull.js';
import { dockerUpdate } from '../../../../src/engine/actions/docker-update.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { createDockerEngine } from '../../../../src/engine/runtimes/docker/engine.js';
import { aService, NO_SNAPSHOTS } from '../../../support/builders.js';
import { withDocker } from '../../../support/docker.js';
import { eventually } from '../../../support/eventually.js';
import { contextWith } from '../../../unit/engine/actions/context.js';
import { startTinyRegistry, type TinyRegistry } from './tiny-registry.js';

const docker = withDocker();
let serial = 0;
const HOUR_MS = 3_600_000;
const SERVES = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'];

async function container(over: Docker.ContainerCreateOptions = {}, name = `patient-${++serial}`): Promise<string> {
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

function ctx(given: Partial<ActionContext> = {}): ActionContext {
  return contextWith({
    docker: createDockerEngine(docker.host),
    service: (name) => aService(name, { runtime: 'docker' }),
    now: () => new Date(),
    ...given,
  });
}

const look = async (action: Action, input: JsonObject, context = ctx()) => (await action.look?.(input, context)) ?? {};
/** As the engine does it: look, then run. */
const run = async (action: Action, input: JsonObject, context = ctx()) =>
  action.run(input, context, await look(action, input, context));
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('docker_pull', () => {
  let registry: TinyRegistry;
  beforeAll(async () => {
    registry = await startTinyRegistry();
  });
  afterAll(() => registry.close());
  const pull = (name: string) => ({ image: `${registry.host}/${name}` });

  test('fetches an image, and a newer one of the same name', async () => {
    const web = pull('shop/web:1');
    expect(await dockerPull.preview?.(web, ctx())).toMatch(
      /^would ask the registry for 127\.0\.0\.1:\d+\/shop\/web:1; here now: none$/,
    );
    const first = await run(dockerPull, web);
    expect(first).toMatchObject({ summary: expect.stringMatching(/^[0-9a-f]{12}$/), changed: true });
    expect(await run(dockerPull, web)).toMatchObject({
      summary: expect.stringMatching(/, as before$/),
      changed: false,
    });
    registry.publish('22');
    expect(await run(dockerPull, web)).toMatchObject({
      summary: expect.stringMatching(/^[0-9a-f]{12}, before [0-9a-f]{12}$/),
    });
    expect(await dockerPull.preview?.(web, ctx())).toMatch(/here now: [0-9a-f]{12}, .*, made 2026-01-01$/);
  }, 60_000);

  test('after a crash it is done when another image is there', async () => {
    const input = pull('shop/probe:1');
    const nothing = await look(dockerPull, input);
    expect(nothing).toEqual({ image_id: null });
    expect(await dockerPull.probe?.(input, nothing, ctx())).toMatchObject({ outcome: 'not_done' });
    await run(dockerPull, input);
    expect(await dockerPull.probe?.(input, nothing, ctx())).toMatchObject({
      outcome: 'done',
      result: { changed: true },
    });
    const there = await look(dockerPull, input);
    expect(await dockerPull.probe?.(input, there, ctx())).toMatchObject({ outcome: 'not_done' });
  }, 60_000);

  test('of what is not there, or of a registry that is down, says why', async () => {
    expect(await failure(run(dockerPull, pull('shop/web:missing')))).toMatchObject({
      message: expect.stringMatching(/could not be pulled: .*manifest.*What is here was not changed\.$/),
      options: { code: 'pull_failed', retryable: false },
    });
    expect(await failure(run(dockerPull, { image: '127.0.0.1:1/shop/web' }))).toMatchObject({
      message: expect.stringMatching(/could not be pulled: .*connection refused\. What is here was not changed\.$/),
      options: { code: 'pull_failed', retryable: true },
    });
  }, 60_000);

  test('ends with a cancel', async () => {
    registry.publish('333');
    const asked = registry.stall();
    const controller = new AbortController();
    const pulling = failure(run(dockerPull, pull('shop/slow:1'), ctx({ signal: controller.signal })));
    await asked;
    controller.abort(new Error('cancelled by Ann'));
    expect(await pulling).toMatchObject({ message: 'cancelled by Ann' });
    expect(await look(dockerPull, pull('shop/slow:1'))).toEqual({ image_id: null });
  }, 60_000);
});

describe('docker_update', () => {
  const limits = async (name: string) => {
    const { HostConfig: host } = await docker.engine.getContainer(name).inspect();
    return { cpus: (host.NanoCpus ?? 0) / 1e9, memory: host.Memory, swap: host.MemorySwap };
  };

  test('changes the limits of a running container, and the undo puts them back', async () => {
    const service = await container({ HostConfig: { NanoCpus: 5e8, Memory: 64e6, MemorySwap: 80e6 } });
    const { StartedAt } = (await docker.engine.getContainer(service).inspect()).State;
    const input = { service, cpus: 1.5, memory: '128m' };
    const before = await look(dockerUpdate, input);
    expect(before).toEqual({ id: expect.stringMatching(/^[0-9a-f]{12}$/), cpus: 0.5, memory: 64e6 });
    expect(await dockerUpdate.preview?.(input, ctx())).toMatch(
      /^would give patient-\d+ 1\.5 CPUs, 134\.2 MB of memory; it has 0\.5 CPUs, 64\.0 MB of memory, and uses .*B now; the machine has \d+ CPUs/,
    );
    expect(await run(dockerUpdate, input)).toMatchObject({
      summary: '1.5 CPUs, 134.2 MB of memory',
      memory: 134_217_728,
    });
    expect(await limits(service)).toEqual({ cpus: 1.5, memory: 134_217_728, swap: 134_217_728 + 16e6 });

    const undo = dockerUpdate.inverse?.(input, before);
    expect(undo).toEqual({ action: 'docker_update', input: { service, cpus: 0.5, memory: 64e6 } });
    await run(dockerUpdate, undo?.input ?? {});
    expect(await limits(service)).toEqual({ cpus: 0.5, memory: 64e6, swap: 80e6 });
    expect((await docker.engine.getContainer(service).inspect()).State.StartedAt).toBe(StartedAt);
  }, 60_000);

  test('where there was no limit, the undo gives all of the machine', async () => {
    const service = await container();
    const input = { service, cpus: 0.5, memory: '64m' };
    const undo = dockerUpdate.inverse?.(input, await look(dockerUpdate, input));
    expect(undo?.input).toEqual({ service, cpus: 'max', memory: 'max' });
    await run(dockerUpdate, input);
    expect(await limits(service)).toMatchObject({ cpus: 0.5, memory: 67_108_864 });
    await run(dockerUpdate, undo?.input ?? {});
    const { NCPU, MemTotal } = await docker.engine.info();
    expect(await limits(service)).toEqual({ cpus: NCPU, memory: MemTotal, swap: 2 * MemTotal });
  }, 60_000);

  test('changes only what it is given', async () => {
    const service = await container();
    await run(dockerUpdate, { service, cpus: 1 });
    expect(await limits(service)).toMatchObject({ cpus: 1, memory: 0 });
    expect(dockerUpdate.inverse?.({ service, cpus: 1 }, { cpus: 2, memory: 5 })?.input).toEqual({ service, cpus: 2 });
  }, 60_000);

  test('never takes memory that is in use', async () => {
    const service = await container({
      Cmd: ['sh', '-c', 'dd if=/dev/zero of=/dev/shm/full bs=1M count=40; touch /tmp/filled; sleep 600'],
    });
    await eventually(async () => {
      const { memory_stats: stats } = await docker.engine
        .getContainer(service)
        .stats({ stream: false, 'one-shot': true });
      expect(stats.usage).toBeGreaterThan(40e6);
    });
    expect(await failure(run(dockerUpdate, { service, memory: '16m' }))).toMatchObject({
      message: expect.stringMatching(
        /uses \d+\.\d MB of memory, so that a limit of 16\.8 MB would end it\. Nothing was changed/,
      ),
      options: { code: 'memory_in_use', retryable: false },
    });
    expect(await limits(service)).toMatchObject({ memory: 0 });
  }, 60_000);

  test('what the engine refuses is told', async () => {
    const service = await container();
    expect(await failure(run(dockerUpdate, { service, cpus: 1_000 }))).toMatchObject({
      message: expect.stringMatching(/^Docker refused to change the limits of patient-\d+: Range of CPUs is from/),
      options: { retryable: false },
    });
  }, 60_000);

  test('after a crash the limits tell', async () => {
    const service = await container();
    const input = { service, memory: '64m' };
    const probe = (before: JsonObject) => dockerUpdate.probe?.(input, before, ctx());
    const before = await look(dockerUpdate, input);
    expect(await probe(before)).toMatchObject({
      outcome: 'not_done',
      evidence: expect.stringMatching(/^it still has no limit/),
    });
    expect(await probe({})).toMatchObject({ outcome: 'unknown' });
    await run(dockerUpdate, { service, memory: '32m' });
    expect(await probe(before)).toMatchObject({
      outcome: 'unknown',
      evidence: expect.stringMatching(/neither what was there/),
    });
    await run(dockerUpdate, input);
    expect(await probe(before)).toMatchObject({ outcome: 'done', evidence: expect.stringMatching(/67\.1 MB/) });
  }, 60_000);

  test('of a service that is no container, or that is not there, changes nothing', async () => {
    const process = ctx({ service: (name) => aService(name, { runtime: 'process' }) });
    expect(await failure(run(dockerUpdate, { service: 'redis', cpus: 1 }, process))).toMatchObject({
      message: expect.stringMatching(/^redis has the runtime process, so it is no container/),
    });
    expect(await failure(run(dockerUpdate, { service: 'nobody', cpus: 1 }))).toMatchObject({
      message: expect.stringMatching(/^There is no container nobody on this Docker engine; nothing was changed/),
    });
  }, 60_000);
});

describe('docker_prune', () => {
  const later = (given: Partial<ActionContext> = {}) =>
    ctx({ now: () => new Date(Date.now() + 2 * HOUR_MS), ...given });
  const images = async () => (await docker.engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);

  async function junk(tag: string, megabytes = 3): Promise<string> {
    const name = await container({ Cmd: ['dd', 'if=/dev/urandom', 'of=/big', 'bs=1M', `count=${megabytes}`] });
    const made = docker.engine.getContainer(name);
    await made.wait();
    const { Id } = z.parse(await made.commit({ repo: tag.split(':')[0], tag: tag.split(':')[1] }));
    await made.remove();
    return Id;
  }
  const z = {
    parse: (value: unknown): { Id: string } => {
      const id: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'Id') : undefined;
      if (typeof id !== 'string') throw new Error('no image was made');
      return { Id: id };
    },
  };

  test('removes old images that nothing uses, and measures what that frees', async () => {
    for (const tag of ['junk:1', 'junk:2', 'good:1', 'good:2', 'used:1']) await junk(tag);
    const snapshotOf = await junk('rollback:1');
    await container({ Image: 'used:1' });
    const input = { what: 'images', older_than: '1h', keep: ['good', 'reviver-test'] };
    // Made long ago elsewhere, and pulled just now.
    const pulled = (await images()).filter((tag) => tag.includes('/shop/'));
    expect(pulled).not.toHaveLength(0);
    const young = await dockerPrune.preview?.(input, ctx());
    for (const tag of [...pulled, 'junk:1']) expect(young).not.toContain(tag);

    const snapshots = {
      ...NO_SNAPSHOTS,
      list: async () => [
        {
          id: 's',
          service: 'shop',
          runtime: 'docker',
          by: 'x',
          createdAt: new Date(),
          parts: ['runtime' as const],
          contents: [],
          facts: { image_id: snapshotOf },
          sha256: '',
          bytes: 0,
        },
      ],
    };
    const context = later({ snapshots, services: () => [aService('shop')] });
    const preview = await dockerPrune.preview?.(input, context);
    expect(preview).toMatch(
      /^would remove \d images, about \d+\.\d MB: .*in all \d+ images of \d+\.\d MB, build cache of 0 B$/,
    );
    expect(preview).toContain('junk:1');
    expect(await images()).toContain('junk:1');

    const result = await run(dockerPrune, input, context);
    expect(result).toMatchObject({ summary: expect.stringMatching(/^\d images removed, \d+\.\d MB freed$/) });
    expect(result.freed_bytes).toBeGreaterThan(6e6);
    const left = await images();
    for (const tag of ['good:1', 'good:2', 'used:1', 'rollback:1', 'reviver-test:latest']) expect(left).toContain(tag);
    for (const tag of ['junk:1', 'junk:2']) expect(left).not.toContain(tag);
  }, 120_000);

  test('removes containers that ended long ago, never those of services, what is set aside, or a volume', async () => {
    const ended = async (name: string, over: Docker.ContainerCreateOptions = {}) => {
      await container({ Cmd: ['true'], ...over }, name);
      await docker.engine.getContainer(name).wait();
    };
    await ended('old', { Volumes: { '/data': {} } });
    await ended('wanted');
    await ended('bev_redis');
    await ended('web-reviver-aside');
    await ended('labelled', { Labels: { 'reviver.enable': 'true' } });
    const running = await container();
    const volumes = (await docker.engine.listVolumes()).Volumes.length;
    const input = { what: 'containers', older_than: '1h', keep: ['wanted'] };
    const services = [aService('redis', { runtime: 'docker', containerName: 'bev_redis' })];
    expect(await run(dockerPrune, input, ctx({ services: () => services }))).toMatchObject({
      summary: '0 containers removed, 0 B freed',
    });
    const context = later({ services: () => services });
    const before = await look(dockerPrune, input, context);
    expect(await dockerPrune.probe?.(input, before, context)).toMatchObject({
      outcome: 'not_done',
      evidence: expect.stringMatching(/^(\d+) of \1 are still there$/),
    });
    const result = await dockerPrune.run(input, context, before);
    expect(result.removed).toContain('old');
    const names = (await docker.engine.listContainers({ all: true })).flatMap(({ Names }) => Names);
    for (const name of ['wanted', 'bev_redis', 'web-reviver-aside', 'labelled', running])
      expect(names).toContain(`/${name}`);
    expect(names).not.toContain('/old');
    expect((await docker.engine.listVolumes()).Volumes).toHaveLength(volumes);
    expect(await dockerPrune.probe?.(input, before, context)).toMatchObject({ outcome: 'done' });
    expect(await dockerPrune.probe?.(input, {}, context)).toMatchObject({ outcome: 'unknown' });
  }, 120_000);

  // An older command line has BuildKit built in, a newer one as a plugin.
  const builder = ['docker', '/usr/bin/docker'].find((cli) => {
    const [, major] = /version (\d+)\./.exec(String(spawnSync(cli, ['--version']).stdout)) ?? [];
    return major !== undefined && (Number(major) < 23 || spawnSync(cli, ['buildx', 'version']).status === 0);
  });

  (builder ? test : test.skip)(
    `removes old build cache${builder ? '' : ' (skipped: no docker command line with BuildKit)'}`,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'build-'));
      await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY file /file\n');
      await writeFile(join(folder, 'file'), Buffer.alloc(2_000_000, 'x'));
      const env = { PATH: process.env.PATH, HOME: folder, DOCKER_BUILDKIT: '1' };
      const built = spawnSync(builder ?? 'docker', ['-H', docker.host, 'build', '-t', 'cached:1', folder], { env });
      expect({ status: built.status, error: String(built.stderr).slice(-300) }).toMatchObject({ status: 0 });
      await rm(folder, { recursive: true });
      const input = { what: 'build_cache', older_than: '1h' };
      expect(await dockerPrune.preview?.(input, ctx())).toMatch(/^would remove 0 records of build cache, 0 B; in all/);
      expect(await dockerPrune.preview?.(input, later())).toMatch(
        /^would remove [1-9]\d* records? of build cache, \d+\.\d MB; in all/,
      );
      expect(await run(dockerPrune, input)).toMatchObject({ freed_bytes: 0 });
      await eventually(async () => {
        const result = await run(dockerPrune, { ...input, older_than: '1s' });
        expect(result.removed).toBeGreaterThan(0);
        expect(result.summary).toMatch(/^\d+ records? removed, \d+\.\d MB freed$/);
      });
      expect(await dockerPrune.probe?.(input, {}, ctx())).toMatchObject({ outcome: 'not_done' });
    },
    120_000,
  );
});

describe('docker_exec', () => {
  const exec = (service: string, command: string[], more: JsonObject = {}, context = ctx()) =>
    dockerExec.run({ service, command, ...more }, context, {});
  const processes = async (name: string) =>
    (await docker.engine.getContainer(name).top()).Processes.map((row: string[]) => row.at(-1));

  test('keeps the exit code and what was printed, of arguments as they are', async () => {
    const service = await container();
    expect(await exec(service, ['echo', '$HOME; ls', 'a b'])).toEqual({
      summary: 'exit code 0',
      exit_code: 0,
      stdout: '$HOME; ls a b\n',
      stderr: '',
    });
    expect(await exec(service, ['sh', '-c', 'echo out; echo err >&2; exit 3'], { success_codes: [3] })).toEqual({
      summary: 'exit code 3, as allowed',
      exit_code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  }, 60_000);

  test('fails with the last line that the program printed, and without secrets', async () => {
    const service = await container();
    expect(await failure(exec(service, ['sh', '-c', 'echo one; echo password=hunter2 >&2; exit 2']))).toMatchObject({
      message: `sh in ${service} ended with exit code 2: password=•••.`,
      options: { code: 'command_failed', facts: { exit_code: 2, stdout: 'one\n' } },
    });
    expect(await failure(exec(service, ['no-such-program']))).toMatchObject({
      message: expect.stringMatching(/^no-such-program in patient-\d+ ended with exit code 127: .*not found\.$/),
    });
  }, 60_000);

  test('keeps the end of much output', async () => {
    const service = await container();
    const loud = ['sh', '-c', 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done'];
    const { stdout } = await exec(service, loud);
    expect(stdout).toHaveLength(4_000);
    expect(stdout).toMatch(/line 19999\n$/);
  }, 60_000);

  test.each([
    ['that heeds SIGTERM', ['sleep', '600'], 'sleep 600'],
    ['that has children', ['sh', '-c', 'sleep 601 & sleep 602'], 'sleep 60'],
    ['that ignores SIGTERM', ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done # stubborn'], 'stubborn'],
  ])(
    'a cancel ends a program %s, and nothing of it is left in the container',
    async (_, command, sign) => {
      const service = await container();
      const controller = new AbortController();
      const running = failure(exec(service, command, {}, ctx({ signal: controller.signal })));
      await eventually(async () =>
        expect((await processes(service)).some((line: string) => line.includes(sign))).toBe(true),
      );
      controller.abort(new Error('cancelled by Ann'));
      expect(await running).toMatchObject({ message: 'cancelled by Ann' });
      expect((await processes(service)).filter((line: string) => line.includes(sign))).toEqual([]);
      expect((await docker.engine.getContainer(service).inspect()).State.Running).toBe(true);
    },
    60_000,
  );

  test('is ended after its timeout', async () => {
    const service = await container();
    expect(await failure(exec(service, ['sleep', '600'], { timeout: '300ms' }))).toMatchObject({
      message: `sleep in ${service} was ended after 0.3 s; what it did until then stays.`,
      options: { code: 'command_timeout' },
    });
    expect((await processes(service)).filter((line: string) => line.includes('sleep 600'))).toEqual([]);
  }, 60_000);

  test('in a container that does not run, or is not there, runs nothing', async () => {
    const service = await container();
    await docker.engine.getContainer(service).stop({ t: 1 });
    expect(await failure(exec(service, ['true']))).toMatchObject({
      message: `${service} does not run, so nothing can be run in it; nothing was changed. Start it first.`,
    });
    expect(await dockerExec.preview?.({ service, command: ['true'] }, ctx())).toMatch(/^would be refused: /);
    expect(await failure(exec('nobody', ['true']))).toMatchObject({
      message: expect.stringMatching(/^There is no container nobody/),
    });
  }, 60_000);

  test('runs in an image without a shell, too', async () => {
    const name = await container({ Cmd: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.1; done'] });
    await exec(name, ['busybox', 'rm', '/bin/sh']);
    expect(await exec(name, ['echo', 'hello'])).toMatchObject({ stdout: 'hello\n', exit_code: 0 });
    const before = await look(dockerExec, { service: name, command: ['true'] });
    expect(await dockerExec.probe?.({ service: name, command: ['true'] }, before, ctx())).toMatchObject({
      outcome: 'unknown',
      evidence: expect.stringMatching(/^the container has no shell/),
    });
  }, 60_000);

  test('after a crash it is unknown, with what can be seen; and nothing is started beside what still runs', async () => {
    const service = await container();
    const input = { service, command: ['sleep', '600'] };
    const before = await look(dockerExec, input);
    const probe = () => dockerExec.probe?.(input, before, ctx());
    const controller = new AbortController();
    const running = failure(dockerExec.run(input, ctx({ signal: controller.signal }), before));
    await eventually(async () =>
      expect(await probe()).toMatchObject({ outcome: 'unknown', evidence: 'its program still runs in the container' }),
    );
    expect(await failure(exec(service, ['true']))).toMatchObject({ options: { code: 'runs_already' } });
    controller.abort(new Error('over'));
    await running;
    expect(await probe()).toMatchObject({
      outcome: 'unknown',
      evidence: expect.stringMatching(/^its program does not run any more/),
    });
    await docker.engine.getContainer(service).restart({ t: 1 });
    expect(await probe()).toMatchObject({
      outcome: 'unknown',
      evidence: expect.stringMatching(/has ended since, and with it what ran in it/),
    });
  }, 60_000);

  test('says before in which container it would run', async () => {
    const service = await container();
    expect(await dockerExec.preview?.({ service, command: ['redis-cli', 'config get', 'x'] }, ctx())).toMatch(
      /^would run redis-cli "config get" x in container [0-9a-f]{12} of reviver-test, as root$/,
    );
  }, 60_000);
});

test('an engine that cannot be reached is named by each of them', async () => {
  const away = ctx({ docker: createDockerEngine('unix:///nowhere/docker.sock') });
  const calls: [Action, JsonObject][] = [
    [dockerPull, { image: 'nginx:1' }],
    [dockerUpdate, { service: 'web', cpus: 1 }],
    [dockerPrune, { what: 'images' }],
    [dockerExec, { service: 'web', command: ['true'] }],
  ];
  for (const [action, input] of calls)
    await expect(action.run(input, away, {})).rejects.toThrow(
      /^The Docker engine at unix:\/\/\/nowhere\/docker\.sock cannot be reached \(nothing answers there\)/,
    );
});
