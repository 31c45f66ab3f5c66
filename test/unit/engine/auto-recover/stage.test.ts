import { describe, expect, test } from '@jest/globals';
import {
  AUTO_DEFAULTS,
  afterEndings,
  type Ending,
  firstStage,
  type Stage,
  stageNow,
} from '../../../../src/engine/auto-recover/stage.js';

const RULES = { ...AUTO_DEFAULTS, shadow: true, promoteAfter: 3 };
const shadow = firstStage(RULES);
const live: Stage = { stage: 'live', verified: 3, seen: 3, why: '3 verified runs' };
const run = (id: number, outcome: Ending['outcome'], automatic = false): Ending => ({ id, outcome, automatic });

describe('a rule in shadow mode', () => {
  test('is trusted after enough verified runs in a row of what it would have started', () => {
    expect(afterEndings(shadow, [run(1, 'verified'), run(2, 'verified')], RULES)).toMatchObject({
      stage: 'shadow',
      verified: 2,
      seen: 2,
    });
    expect(
      afterEndings(
        shadow,
        [1, 2, 3].map((id) => run(id, 'verified')),
        RULES,
      ),
    ).toEqual(live);
  });

  test('counts anew after a failure, and does not count what says nothing', () => {
    const endings = [run(1, 'verified'), run(2, 'verified'), run(3, 'failed'), run(4, 'verified'), run(5, 'neither')];
    expect(afterEndings(shadow, endings, RULES)).toMatchObject({ stage: 'shadow', verified: 1, seen: 5 });
  });
});

describe('a rule that is trusted', () => {
  test('is not any more after the first failure of what it started', () => {
    const lost = afterEndings(live, [run(4, 'verified', true), run(5, 'failed', true)], RULES);
    expect(lost).toEqual({ stage: 'shadow', verified: 0, seen: 5, why: 'R-5 failed' });
    expect(
      afterEndings(
        lost,
        [6, 7, 8].map((id) => run(id, 'verified')),
        RULES,
      ).stage,
    ).toBe('live');
  });

  test('stays so when a recovery of a person fails', () => {
    expect(afterEndings(live, [run(4, 'failed')], RULES)).toMatchObject({ stage: 'live', verified: 0 });
  });
});

test('what the configuration says holds until something was learned', () => {
  const rules = { ...RULES, shadow: false };
  expect(stageNow(undefined, RULES).stage).toBe('shadow');
  expect(stageNow(undefined, rules).stage).toBe('live');
  expect(stageNow({ ...shadow, seen: 9 }, rules)).toMatchObject({ stage: 'live', seen: 9 });
  expect(stageNow({ ...shadow, why: 'R-5 failed' }, rules).stage).toBe('shadow');
});
