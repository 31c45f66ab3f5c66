import { expect, test } from '@jest/globals';
import { riskNumber, runbookSchema, stepText } from '../../../../src/engine/planner/runbook.js';

test.each([
  ['low', 0.1],
  ['medium', 0.4],
  ['high', 0.7],
  ['critical', 0.9],
  [0.25, 0.25],
] as const)('the risk %p is %d', (word, number) => expect(riskNumber(word)).toBe(number));

test('a step reads as its author wrote it', () => {
  const { steps } = runbookSchema.parse({
    id: 'a',
    steps: ['stop_service: redis', { action: 'start_service', with: { service: 'redis' } }, { action: 'notify' }],
  });
  expect(steps.map(stepText)).toEqual(['stop_service: redis', 'start_service: redis', 'notify']);
});
