import { expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';

test('every action says in a dry run what it would touch', () => {
  const silent = [...BUILT_IN_ACTIONS.values()].filter(({ preview }) => preview === undefined).map(({ name }) => name);
  expect(silent).toEqual([]);
});
