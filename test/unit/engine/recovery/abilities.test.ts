import { expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { abilitiesOf, abilityInWords, needsOf } from '../../../../src/engine/recovery/abilities.js';
import { aPlannedStep } from '../../../support/builders.js';

test('a plan needs its steps in their version, and what verifies and undoes them', () => {
  const steps = [
    aPlannedStep('a', {
      verify: { action: 'check_health', input: {} },
      rollback: { action: 'start_service', input: {} },
    }),
    aPlannedStep('b', { rollback: null }),
  ];
  expect(needsOf(steps)).toEqual(['check_health', 'start_service', 'stop_service@1']);
});

test('a worker has all that a plan of its own version needs, and not another version', () => {
  const has = abilitiesOf(BUILT_IN_ACTIONS);
  const lacks = (steps: Parameters<typeof needsOf>[0]) => needsOf(steps).filter((name) => !has.includes(name));
  expect(lacks([aPlannedStep('a', { verify: { action: 'check_health', input: {} } })])).toEqual([]);
  expect(lacks([aPlannedStep('a', { actionVersion: 99 })]).map(abilityInWords)).toEqual(['stop_service (version 99)']);
});
