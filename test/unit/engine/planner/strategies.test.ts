import { expect, test } from '@jest/globals';
import { compileStrategy, STRATEGIES } from '../../../../src/engine/planner/strategies.js';
import { aService } from '../../../support/builders.js';

test('restart and recreate are steps on the service', () => {
  const redis = aService('redis');
  expect(compileStrategy('restart', redis, STRATEGIES)).toEqual(['restart_service: redis']);
  expect(compileStrategy('recreate', redis, STRATEGIES)).toEqual(['stop_service: redis', 'start_service: redis']);
});

test('what a strategy cannot do for a runtime says what can be done instead', () => {
  expect(() => compileStrategy('restrat', aService('redis'), STRATEGIES)).toThrow(
    'strategy: "restrat" cannot be done for redis (process). Possible: restart, recreate.',
  );
  expect(() => compileStrategy('restart', aService('web', { runtime: 'systemd' }), STRATEGIES)).toThrow(
    'strategy: "restart" cannot be done for web (systemd). Write a runbook for it.',
  );
});
