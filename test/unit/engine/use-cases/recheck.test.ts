import { describe, expect, test } from '@jest/globals';
import { NotFound, UserError } from '../../../../src/engine/model/errors.js';
import type { Plan, TargetState } from '../../../../src/engine/model/plan.js';
import type { Recovery, RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { createRecheck } from '../../../../src/engine/use-cases/recheck.js';
import { aPlan, aSnapshot, aStep, at } from '../../../support/builders.js';
import { world } from './memory-ports.js';

const target = (status: string): TargetState => ({ service: 'redis', runtime: 'process', status, facts: {} });
const STOPPED = aPlan({ targets: [target('stopped')] });
const changedOnce = { state: 'CANCELLED', outcome: { code: 'plan_changed', message: '' } } as const;

interface Case {
  recovery?: Partial<Recovery>;
  step?: Partial<RecoveryStep>;
  before?: Partial<Recovery>[];
  /** What planning the same request gives at each look. */
  plans: (Plan | Error)[];
}

/** Looks as often as there are plans; answers what became of R-12, and what was asked of the planner. */
async function looked({ recovery = {}, step = {}, before = [], plans }: Case) {
  const waiting = aSnapshot([aStep(0, step)], { state: 'AWAITING_APPROVAL', ...recovery });
  const { ports, recoveries, written, told } = world([waiting, ...before.map((over) => aSnapshot([aStep(0)], over))]);
  const requests: unknown[] = [];
  const left = [...plans];
  const recheck = createRecheck({
    ...ports,
    makePlan: async (request) => {
      requests.push(request);
      const next = left.shift() ?? aPlan();
      if (next instanceof Error) throw next;
      return next;
    },
  });
  for (const _ of plans) await recheck();
  const found = recoveries.find((one) => one.recovery.id === 12);
  return { recovery: found?.recovery, effects: written.flatMap(({ effects }) => effects), requests, told };
}

describe('while an approval waits', () => {
  test('a target that changed, seen twice, ends the question and has it asked anew', async () => {
    const { recovery, effects, told } = await looked({ plans: [STOPPED, STOPPED] });
    expect(recovery).toMatchObject({
      state: 'CANCELLED',
      outcome: {
        code: 'plan_changed',
        message: 'the plan changed: redis was running when the plan was shown, now it is stopped',
      },
    });
    expect(effects).toMatchObject([{ kind: 'recovery.replan', payload: { recovery: 12 } }]);
    expect(told).toEqual(['changed R-12']);
  });

  test('the same request is planned: runbook and parameters as they were asked for', async () => {
    const { requests } = await looked({ recovery: { plan: aPlan({ params: { backup: 'b' } }) }, plans: [aPlan()] });
    expect(requests).toMatchObject([{ service: 'redis', runbook: 'redis_outage', params: { backup: 'b' } }]);
  });

  test('a runbook that is there no more ends it, too', async () => {
    const gone = new NotFound('runbook', 'redis_outage');
    const { recovery } = await looked({ plans: [gone, gone] });
    expect(recovery?.outcome?.message).toBe(
      'the plan changed: it cannot be planned any more: No runbook "redis_outage"',
    );
  });

  test.each<[string, Case]>([
    ['nothing changed', { plans: [aPlan(), aPlan()] }],
    ['a change is seen only once, as of a service that comes and goes', { plans: [STOPPED, aPlan(), STOPPED] }],
    ['each look sees something else', { plans: [STOPPED, aPlan({ targets: [target('missing')] })] }],
    [
      'it cannot be planned in this moment',
      { plans: [new UserError('conflict', 'no backup'), new UserError('conflict', 'no backup')] },
    ],
    ['something of it has run', { step: { startedAt: at(0) }, plans: [STOPPED, STOPPED] }],
    ['it waits for something else', { recovery: { state: 'SCHEDULED' }, plans: [STOPPED, STOPPED] }],
    [
      'it was asked anew three times already',
      {
        recovery: { retryOf: 11 },
        before: [
          { ...changedOnce, id: 11, retryOf: 10 },
          { ...changedOnce, id: 10, retryOf: 9 },
          { ...changedOnce, id: 9 },
        ],
        plans: [STOPPED, STOPPED],
      },
    ],
  ])('the question stands when %s', async (_, given) => {
    expect((await looked(given)).effects).toEqual([]);
  });

  test('asked anew twice already, it is asked once more', async () => {
    const before = [
      { ...changedOnce, id: 11, retryOf: 10 },
      { ...changedOnce, id: 10 },
    ];
    expect((await looked({ recovery: { retryOf: 11 }, before, plans: [STOPPED, STOPPED] })).effects).toHaveLength(1);
  });
});
