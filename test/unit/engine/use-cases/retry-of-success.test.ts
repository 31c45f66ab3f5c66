import { expect, test } from '@jest/globals';
import { act } from '../../../../src/engine/use-cases/act.js';
import { aSnapshot, aStep } from '../../../support/builders.js';
import { ANN, world } from './memory-ports.js';

test('Retry of a recovery that succeeded does not touch the healthy service', async () => {
  const { ports, drafts } = world([aSnapshot([aStep(0)], { id: 12, service: 'redis', state: 'SUCCEEDED' })]);
  await expect(act(12, 'retry', ANN, ports)).rejects.toThrow(
    'R-12 succeeded, so there is nothing to retry. Start a new one: /recover redis.',
  );
  expect(drafts).toEqual([]);
});
