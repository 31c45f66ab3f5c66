import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { recreateService } from '../../../../src/engine/actions/recreate-service.js';
import { restartService } from '../../../../src/engine/actions/restart-service.js';
import { scaleService } from '../../../../src/engine/actions/scale-service.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import type { Runtime } from '../../../../src/engine/runtimes/runtime.js';
import { createRuntimes, type Runtimes } from '../../../../src/engine/runtimes/runtimes.js';
import { aService } from '../../../support/builders.js';
import { describeCompose } from '../../../support/compose.js';
import { withDocker } from '../../../support/docker.js';
import { contextWith } from '../../../unit/engine/actions/context.js';

const docker = withDocker();

const FILE = `version: "3"
services:
  web:
    image: reviver-test
    network_mode: none
    environment: { COLOUR: green }
    command: [sh, -c, 'echo begun; trap "exit 0" TERM; while :; do sleep 0.1; done']
  other:
    image: reviver-test
    network_mode: none
    command: [sh, -c, 'trap "exit 0" TERM; while :; do sleep 0.1; done']
  broken:
    image: no-such-image
    network_mode: none
`;

const guardian = createGuardian();
afterAll(() => guardian.close());
let serial = 0;
const soon = (): AbortSignal => AbortSignal.timeout(50_000);

interface Shop {
  file: string;
  runtime: Runtime;
  runtimes: Runtimes;
  names(): Promise<string[]>;
}

/** A project of its own, with a runtime that may run programs. */
async function shop(service = 'web'): Promise<Shop> {
  serial += 1;
  const folder = await mkdtemp(join(tmpdir(), `shop${serial}-`));
  const file = join(folder, 'docker-compose.yml');
  await writeFile(file, FILE);
  const services = [aService('shop', { runtime: 'compose', compose: { file, service } })];
  const runtimes = createRuntimes(() => services, { dataDir: '/nowhere', dockerHost: docker.host });
  const exec = createExec(guardian)({ runKey: `R-${serial}/0@compose-test`, signal: soon() });
  const bound: Runtimes = (name) => runtimes(name, exec);
  return {
    file,
    runtime: bound('shop'),
    runtimes: bound,
    async names() {
      const all = await docker.engine.listContainers({ all: true, filters: { label: ['com.docker.compose.service'] } });
      return all
        .filter(({ Labels }) => Labels['com.docker.compose.project.working_dir'] === folder)
        .map(({ Labels, State }) => `${Labels['com.docker.compose.service']} ${State}`)
        .sort();
    },
  };
}

describeCompose('a service of a Compose file', () => {
  test('is missing, is started from its file, stopped and started, and each start is another instance', async () => {
    const { runtime, names } = await shop();
    expect(await runtime.status()).toMatchObject({ status: 'missing', summary: 'no container of web' });
    const first = await runtime.start(soon());
    expect(first).toMatchObject({ status: 'running', summary: expect.stringMatching(/^container [0-9a-f]{12}$/) });
    expect(await runtime.start(soon())).toEqual(first);
    expect(await names()).toEqual(['web running']);
    expect(await runtime.stop(soon())).toMatchObject({ status: 'stopped', instance: null });
    expect(await runtime.stop(soon())).toMatchObject({ status: 'stopped' });
    const second = await runtime.start(soon());
    expect(second.summary).toBe(first.summary);
    expect(second.instance).not.toBe(first.instance);
    expect(await runtime.logs(10)).toEqual(['begun', 'begun']);
  }, 120_000);

  test('that is paused goes on', async () => {
    const { runtime } = await shop();
    await runtime.start(soon());
    const [one] = await docker.engine.listContainers({ filters: { status: ['running'] } });
    await docker.engine.getContainer(one?.Id ?? '').pause();
    expect(await runtime.status()).toMatchObject({ status: 'stopped' });
    expect(await runtime.start(soon())).toMatchObject({ status: 'running' });
  }, 120_000);

  test('is restarted, made anew and scaled by the same actions as any other, and the others are left alone', async () => {
    const { runtimes, runtime, names, file } = await shop();
    await runtime.start(soon());
    const other = createRuntimes(
      () => [aService('other', { runtime: 'compose', compose: { file, service: 'other' } })],
      {
        dataDir: '/nowhere',
        dockerHost: docker.host,
      },
    )('other', createExec(guardian)({ runKey: `R-${serial}/1@compose-test`, signal: soon() }));
    const untouched = await other.start(soon());
    const ctx = contextWith({ runtime: runtimes, signal: soon() });
    for (const action of [restartService, recreateService]) {
      const before: JsonObject = (await action.look?.({ service: 'shop' }, ctx)) ?? {};
      expect(await action.probe?.({ service: 'shop' }, before, ctx)).toMatchObject({ outcome: 'not_done' });
      await action.run({ service: 'shop' }, ctx, before);
      expect(await action.probe?.({ service: 'shop' }, before, ctx)).toMatchObject({ outcome: 'done' });
    }
    const up = { service: 'shop', by: 1 };
    const before: JsonObject = (await scaleService.look?.(up, ctx)) ?? {};
    expect(await scaleService.preview?.(up, ctx)).toBe('would scale shop from 1 replica to 2 replicas');
    await scaleService.run(up, ctx, before);
    expect(await names()).toEqual(['other running', 'web running', 'web running']);
    expect(await runtime.status()).toMatchObject({ summary: expect.stringMatching(/^containers .*, /) });
    // Replicas stay as many when the service is made anew.
    await recreateService.run({ service: 'shop' }, ctx, {});
    expect(await names()).toEqual(['other running', 'web running', 'web running']);
    await scaleService.run(scaleService.inverse?.(up, before)?.input ?? {}, ctx, {});
    expect(await names()).toEqual(['other running', 'web running']);
    await expect(scaleService.run({ service: 'shop', by: -1 }, ctx, {})).rejects.toThrow(/At least 1 must stay/);
    expect(await other.status()).toEqual(untouched);
  }, 240_000);

  test('that Compose cannot start says what it said and what is there', async () => {
    const { runtime } = await shop('broken');
    await expect(runtime.start(soon())).rejects.toThrow(
      /^Compose could not up \(exit \d+\): .*no-such-image.*There is now: no container of broken\.$/s,
    );
  }, 120_000);

  test('runs in two projects: which one is meant is not guessed', async () => {
    const { runtime, file } = await shop();
    for (const project of ['blue', 'green'])
      await docker.engine.createContainer({
        name: `${project}-${serial}`,
        Image: 'reviver-test',
        Cmd: ['true'],
        Labels: {
          'com.docker.compose.project': project,
          'com.docker.compose.service': 'web',
          'com.docker.compose.project.config_files': 'docker-compose.yml',
          'com.docker.compose.project.working_dir': join(file, '..'),
        },
      });
    await expect(runtime.stop(soon())).rejects.toThrow(/runs in 2 projects: blue, green\. .*nothing was changed/);
  }, 120_000);
});
