import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { checkRunbooks } from '../../../../src/engine/planner/check-runbooks.js';
import { type CompileContext, compileRunbook } from '../../../../src/engine/planner/compile.js';
import { type Runbook, runbookSchema } from '../../../../src/engine/planner/runbook.js';
import { aService, NO_SNAPSHOTS, ONE_BACKUP } from '../../../support/builders.js';

const redis = aService('redis');
const web = aService('web');

const runbook = (given: object): Runbook => runbookSchema.parse(given);

const COLD_START = runbook({
  id: 'cold_start',
  params: { within: { default: '10s' } },
  steps: [
    { id: 'up', action: 'start_service', with: { service: '{{ service.name }}' } },
    {
      action: 'check_health',
      with: { service: '{{ service.name }}', within: '{{ params.within }}' },
      when: "steps.up.state == 'succeeded' && params.within != ''",
    },
  ],
});

async function compiled(steps: unknown[], more: Runbook[] = []) {
  const runbooks = [COLD_START, ...more];
  const context: CompileContext = {
    actions: BUILT_IN_ACTIONS,
    backups: ONE_BACKUP,
    snapshots: NO_SNAPSHOTS,
    pools: ['default'],
    service: redis,
    services: [redis, web],
    runbooks,
    params: {},
    incident: {},
  };
  return (await compileRunbook(runbook({ id: 'top', steps }), context)).steps;
}

const parallel = (...steps: unknown[]) => ({ action: 'parallel', with: { steps } });

describe('parallel', () => {
  test('puts its steps into one stage, and what follows into the next', async () => {
    const steps = await compiled([
      'stop_service: web',
      parallel('start_service: redis', 'start_service: web'),
      'notify: done',
    ]);
    expect(steps.map(({ id, stage }) => [id, stage])).toEqual([
      ['stop_service_1', 0],
      ['start_service_2', 1],
      ['start_service_3', 1],
      ['notify_4', 2],
    ]);
  });

  test('refuses two steps that act on one service, and lets several look at it', async () => {
    await expect(compiled([parallel('start_service: redis', 'stop_service: redis')])).rejects.toThrow(
      /top: parallel: "start_service_1, stop_service_2" is not allowed; expected steps that act on different services/,
    );
    expect(await compiled([parallel('check_health: redis', 'check_health: redis')])).toHaveLength(2);
  });

  test.each([
    ['one step', [parallel('start_service: redis')], /with\.steps/],
    [
      'a group inside it',
      [parallel('start_service: redis', parallel('notify: a', 'notify: b'))],
      /single steps inside parallel/,
    ],
    [
      'a runbook inside it',
      [parallel('start_service: web', 'sub_runbook: cold_start')],
      /single steps inside parallel/,
    ],
  ])('refuses %s', async (_what, steps, message) => {
    await expect(compiled(steps)).rejects.toThrow(message);
  });
});

describe('sub_runbook', () => {
  test('brings its steps in, with ids of their own and what its conditions mean', async () => {
    const steps = await compiled([
      'stop_service: redis',
      { id: 'again', action: 'sub_runbook', with: { runbook: 'cold_start', params: { within: '5s' } } },
      'notify: done',
    ]);
    expect(steps.map(({ id, stage, scope }) => [id, stage, scope])).toEqual([
      ['stop_service_1', 0, undefined],
      ['again_up', 1, { prefix: 'again_', service: 'redis', params: { within: '5s' } }],
      ['again_check_health_2', 2, { prefix: 'again_', service: 'redis', params: { within: '5s' } }],
      ['notify_4', 3, undefined],
    ]);
    expect(steps[2]?.input).toMatchObject({ within: '5s' });
  });

  test('may be for another service, which is then touched', async () => {
    const [up] = await compiled([{ action: 'sub_runbook', with: { runbook: 'cold_start', service: 'web' } }]);
    expect(up).toMatchObject({ id: 'cold_start_up', input: { service: 'web' }, services: ['web'] });
  });

  test('names the circle that it refuses', async () => {
    const around = runbook({ id: 'around', steps: ['sub_runbook: back'] });
    const back = runbook({ id: 'back', steps: ['sub_runbook: around'] });
    await expect(compiled(['sub_runbook: around'], [around, back])).rejects.toThrow(
      /no circle: top → around → back → around/,
    );
  });

  test.each([
    ['an unknown runbook', 'sub_runbook: cold_strat', /cold_start\? Known/],
    [
      'an unknown service',
      { action: 'sub_runbook', with: { runbook: 'cold_start', service: 'webb' } },
      /web\? Known: redis, web/,
    ],
    [
      'a parameter that it does not have',
      { action: 'sub_runbook', with: { runbook: 'cold_start', params: { x: 1 } } },
      /parameter x/,
    ],
    ['twice without ids', { action: 'parallel', with: {} }, /with\.steps/],
  ])('refuses %s', async (_what, step, message) => {
    await expect(compiled([step])).rejects.toThrow(message);
  });

  test('twice needs ids, so that conditions mean one of them', async () => {
    await expect(compiled(['sub_runbook: cold_start', 'sub_runbook: cold_start'])).rejects.toThrow(
      /ids that are unique/,
    );
  });
});

describe('at start', () => {
  const check = (steps: unknown[]) => checkRunbooks([COLD_START, runbook({ id: 'top', steps })], BUILT_IN_ACTIONS);

  test.each([
    [
      'an unknown action in a group',
      [parallel('start_service: a', 'strat_service: b')],
      /steps\[0\]\.steps\[1\].*start_service/,
    ],
    ['an unknown runbook', ['sub_runbook: cold_strat'], /cold_start\?/],
    [
      'a key that would have no effect',
      [{ action: 'sub_runbook', with: { runbook: 'cold_start' }, when: 'true' }],
      /on the steps inside sub_runbook/,
    ],
  ])('%s is refused', (_what, steps, message) => {
    expect(() => check(steps)).toThrow(message);
  });

  test('what is right passes', () => {
    check([
      parallel('start_service: redis', 'notify: x'),
      'sub_runbook: cold_start',
      { action: 'sub_runbook', with: { runbook: '{{ params.which }}' } },
    ]);
  });
});
