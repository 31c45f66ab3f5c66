import { expect, test } from '@jest/globals';
import { createActions } from '../../../../src/engine/actions/actions.js';
import { checkRunbooks } from '../../../../src/engine/planner/check-runbooks.js';
import { parseRunbook } from '../../../../src/engine/planner/load-runbooks.js';

const check = (steps: string) => () =>
  checkRunbooks([parseRunbook(`id: mine\nsteps:\n${steps}`, 'mine.yaml')], createActions());

test('an action that does not exist is told at start, with where it stands and what is near', () => {
  expect(check('  - "stop_servce: redis"')).toThrow(/runbook mine, steps\[0\].*did you mean stop_service/);
  expect(check('  - "stop_service: redis"\n  - { action: restore_bakup }')).toThrow(/steps\[1\].*restore_backup/);
  expect(check('  - { action: notify, with: { message: x }, verify: { action: chek_health } }')).toThrow(
    /steps\[0\]\.verify/,
  );
});

test('templates are left for the plan', () => {
  expect(check('  - "stop_service: {{ service.name }}"')).not.toThrow();
});
