import { describe, expect, test } from '@jest/globals';
import type { Action } from '../../../../src/engine/actions/action.js';
import { restartService } from '../../../../src/engine/actions/restart-service.js';
import { scaleService } from '../../../../src/engine/actions/scale-service.js';
import { startService } from '../../../../src/engine/actions/start-service.js';
import { stopService } from '../../../../src/engine/actions/stop-service.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import type { RuntimeStatus } from '../../../../src/engine/runtimes/runtime.js';
import { contextWith, running, runtimeIn, STOPPED, serviceWith } from './context.js';

const input = { service: 'redis' };
const A = running(4711);
const B = running(4802);
const look = ({ status, instance, summary }: RuntimeStatus) => ({ status, instance, summary });

describe.each<[string, Action, RuntimeStatus, RuntimeStatus, string, string | undefined]>([
  ['stop', stopService, A, A, 'not_done', 'pid 4711 still runs'],
  ['stop', stopService, A, STOPPED, 'done', 'nothing of it runs'],
  ['stop', stopService, A, B, 'done', 'pid 4711 is gone, pid 4802 runs'],
  ['stop', stopService, STOPPED, STOPPED, 'done', 'nothing of it runs'],
  ['stop', stopService, STOPPED, B, 'not_done', 'nothing ran before, pid 4802 runs now'],
  ['start', startService, STOPPED, B, 'done', 'pid 4802 runs'],
  ['start', startService, STOPPED, STOPPED, 'not_done', 'nothing of it runs'],
  ['start', startService, A, A, 'done', 'pid 4711 runs'],
  ['start', startService, A, STOPPED, 'not_done', 'nothing of it runs'],
  ['start', startService, A, B, 'done', 'pid 4802 runs'],
  ['restart', restartService, A, B, 'done', 'pid 4711 is gone, pid 4802 runs'],
  ['restart', restartService, A, A, 'not_done', 'pid 4711 still runs, the same as before'],
  ['restart', restartService, A, STOPPED, 'not_done', 'nothing of it runs'],
  ['restart', restartService, STOPPED, STOPPED, 'not_done', 'nothing of it runs'],
  ['restart', restartService, STOPPED, B, 'done', 'nothing ran before, pid 4802 runs'],
])('%s', (_, action, before, now, outcome, evidence) => {
  test(`with ${before.summary} before and ${now.summary} now is ${outcome}`, async () => {
    const ctx = contextWith({ runtime: () => runtimeIn(now).runtime });
    expect(await action.probe?.(input, look(before), ctx)).toMatchObject({ outcome, evidence });
  });
});

describe.each([stopService, startService, restartService])('$name', (action) => {
  test('is unknown when nobody looked before', async () => {
    const ctx = contextWith({ runtime: () => runtimeIn(A).runtime });
    expect(await action.probe?.(input, {}, ctx)).toMatchObject({ outcome: 'unknown' });
    expect(await action.probe?.(input, { look_failed: 'x' }, ctx)).toMatchObject({ outcome: 'unknown' });
    expect(action.inverse?.(input, {})).toBeUndefined();
  });

  test('looks at what runs, touches its service, and a preview does nothing', async () => {
    const { runtime, calls } = runtimeIn(A);
    const ctx = contextWith({ runtime: () => runtime, service: () => serviceWith() });
    expect(await action.look?.(input, ctx)).toEqual({
      status: 'running',
      instance: '4711@boot:1',
      summary: 'pid 4711',
    });
    expect(action.services(input, ctx.backups)).toEqual(['redis']);
    expect(await action.preview?.(input, ctx)).toContain('pid 4711');
    expect(calls).toEqual([]);
  });
});

describe('the inverse', () => {
  test('of a stop starts what ran before', () => {
    expect(stopService.inverse?.(input, look(A))).toEqual({ action: 'start_service', input });
    expect(stopService.inverse?.(input, look(STOPPED))).toBeUndefined();
  });

  test('of a start stops what did not run before', () => {
    expect(startService.inverse?.(input, look(STOPPED))).toEqual({ action: 'stop_service', input });
    expect(startService.inverse?.(input, look(A))).toBeUndefined();
  });
});

describe('run', () => {
  test('of a start says when it ran already', async () => {
    const ctx = contextWith({ runtime: () => runtimeIn(A).runtime });
    expect(await startService.run(input, ctx, look(A))).toMatchObject({ summary: 'already running' });
  });

  test('of a stop names what ended', async () => {
    const ctx = contextWith({ runtime: () => runtimeIn(A).runtime });
    expect(await stopService.run(input, ctx, look(A))).toEqual({ summary: 'pid 4711 ended' });
  });

  test.each([
    ['the same instance', A, A, ['stop', 'start']],
    ['nothing', A, STOPPED, ['start']],
    ['a new instance', A, B, []],
    ['an instance, and nothing ran before', STOPPED, B, []],
  ])('of a restart that finds %s does only what is left to do', async (_, before, now, expected) => {
    const { runtime, calls } = runtimeIn(now);
    const ctx = contextWith({ runtime: () => runtime });
    const result = await restartService.run(input, ctx, look(before));
    expect(calls).toEqual(expected);
    expect(result.instance).not.toBe(A.instance);
  });
});

test('a service that has one size is not scaled, and people are told what to do', async () => {
  const { runtime, calls } = runtimeIn(A);
  const ctx = contextWith({ runtime: () => runtime });
  await expect(scaleService.run({ service: 'redis', by: 1 }, ctx, {})).rejects.toThrow(
    'redis cannot be scaled: the runtime process has it in one size. Nothing was changed. Run it as a container with `sizes`, with Compose or in Kubernetes, or give it more by its own settings and restart_service.',
  );
  expect(calls).toEqual([]);
});

describe('programs run under the worker', () => {
  test.each<[string, Action, JsonObject]>([
    ['start_service', startService, input],
    ['stop_service', stopService, input],
    ['restart_service', restartService, input],
    ['scale_service', scaleService, { ...input, by: 1 }],
  ])('for %s as its runtime says', (_, action, given) => {
    const { runtime } = runtimeIn(A);
    const said = (ctx: ReturnType<typeof contextWith>) =>
      typeof action.spawns === 'function' ? action.spawns(given, ctx) : 'the same for all';
    expect(said(contextWith({ runtime: () => runtime }))).toBe(false);
    expect(said(contextWith({ runtime: () => ({ ...runtime, spawns: true }) }))).toBe(true);
  });
});
