import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ActionContext } from '../../../../src/engine/actions/action.js';
import { restoreSnapshot } from '../../../../src/engine/actions/restore-snapshot.js';
import { takeSnapshot } from '../../../../src/engine/actions/take-snapshot.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { createSnapshotCatalog } from '../../../../src/engine/snapshots/catalog.js';
import type { SnapshotCatalog } from '../../../../src/engine/snapshots/snapshot.js';
import { aService } from '../../../support/builders.js';
import { contextWith } from '../../../unit/engine/actions/context.js';

let root: string;
let data: string;
let snapshots: SnapshotCatalog;
let runtime: ReturnType<typeof createRuntimes>;
let services: Service[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'));
  data = join(root, 'data');
  await mkdir(join(data, 'deep'), { recursive: true });
  await writeFile(join(data, 'deep', 'state'), 'good');
  const service = aService('app', { process: { command: ['sleep', '600'], cwd: root, env: {} }, dataDir: data });
  services = [service, aService('bare', { process: { command: ['true'], cwd: root, env: {} } })];
  runtime = createRuntimes(() => services, { dataDir: join(root, 'reviver') });
  snapshots = createSnapshotCatalog({
    dir: join(root, 'snapshots'),
    secretKey: '11'.repeat(32),
    retention: { days: 3, atLeast: 2, atMost: 20 },
  });
  await runtime('app').start(AbortSignal.timeout(5_000));
});
afterEach(async () => {
  await runtime('app').stop(AbortSignal.timeout(5_000));
  await rm(root, { recursive: true, force: true });
});

const ctx = (runKey: string): ActionContext =>
  contextWith({ runKey, runtime, service, snapshots, signal: AbortSignal.timeout(10_000), now: () => new Date() });
const service = (name: string): Service => services.find((one) => one.name === name) ?? aService(name);
const state = () => readFile(join(data, 'deep', 'state'), 'utf8');
const app: JsonObject = { service: 'app' };

/** As the engine does it: look, then run. */
async function restore(runKey: string, input: JsonObject = app) {
  const before = (await restoreSnapshot.look?.(input, ctx(runKey))) ?? {};
  return { before, result: await restoreSnapshot.run(input, ctx(runKey), before) };
}

describe('files of a process', () => {
  test('are kept and brought back, and what was there before can be brought back again', async () => {
    expect((await takeSnapshot.run(app, ctx('R-1/0'), {})).summary).toMatch(/1 files and folders/);
    await writeFile(join(data, 'deep', 'state'), 'spoilt');
    const was = await runtime('app').status();
    const { before, result } = await restore('R-1/1');
    expect(await state()).toBe('good');
    expect(result.instance).not.toBe(was.instance);

    const undo = restoreSnapshot.inverse?.(app, before);
    expect(undo).toEqual({ action: 'restore_snapshot', input: { service: 'app', taken_by: 'R-1/1 before' } });
    await restore('R-1/2', undo?.input);
    expect(await state()).toBe('spoilt');
  });

  test('what a restore has kept of a bad state is not what the next one brings back', async () => {
    await takeSnapshot.run(app, ctx('R-1/0'), {});
    for (const step of ['R-2/0', 'R-3/0']) {
      await writeFile(join(data, 'deep', 'state'), 'spoilt');
      await restore(step);
      expect(await state()).toBe('good');
    }
  });

  test('a plan is about the newest whole snapshot of that moment', async () => {
    await takeSnapshot.run(app, ctx('R-1/0'), {});
    const [newest] = await snapshots.list('app');
    expect(await restoreSnapshot.pin?.(app, { ...ctx('x'), snapshots })).toMatchObject({
      input: { service: 'app', snapshot: newest?.id },
      detail: expect.stringMatching(/^of \d{4}-\d\d-\d\dT\d\d:\d\dZ$/),
    });
    await rm(join(root, 'snapshots', 'app', `${newest?.id}.tar.age`));
    await expect(restoreSnapshot.pin?.(app, { ...ctx('x'), snapshots })).rejects.toThrow(
      'There is no whole snapshot of app. Nothing was changed.',
    );
  });

  test('after a crash it is looked at whether another instance runs', async () => {
    await takeSnapshot.run(app, ctx('R-1/0'), {});
    const before = (await restoreSnapshot.look?.(app, ctx('R-1/1'))) ?? {};
    expect(await restoreSnapshot.probe?.(app, before, ctx('R-1/1'))).toMatchObject({ outcome: 'not_done' });
    await restoreSnapshot.run(app, ctx('R-1/1'), before);
    expect(await restoreSnapshot.probe?.(app, before, ctx('R-1/1'))).toMatchObject({ outcome: 'done' });
  });

  test('without a data folder are not kept, and that is said', async () => {
    await expect(takeSnapshot.run({ service: 'bare' }, ctx('R-1/0'), {})).rejects.toThrow(
      /No snapshot of bare can be taken or restored: the runtime process keeps none of it \(a process needs a data_dir\)/,
    );
  });
});
