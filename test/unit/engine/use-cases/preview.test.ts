import { expect, test } from '@jest/globals';
import { preview } from '../../../../src/engine/use-cases/preview.js';
import { aPlan, aPlannedStep } from '../../../support/builders.js';

test('each step says what it would touch, and one that cannot be looked at says so instead of failing the dry run', async () => {
  const plan = aPlan({ steps: [aPlannedStep('a'), aPlannedStep('b', { action: 'restore_backup' })] });
  const lines = await preview(plan, {
    preview: async (action) => {
      if (action === 'restore_backup') throw new Error('the disk is gone');
      return 'would stop pid 4711';
    },
  });
  expect(lines).toEqual(['would stop pid 4711', 'cannot be looked at: the disk is gone']);
});
