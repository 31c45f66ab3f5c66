import { expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { createActions } from '../../../../src/engine/actions/actions.js';
import { attempt } from '../../../../src/engine/recovery/attempt.js';
import { aStep } from '../../../support/builders.js';
import { contextWith } from '../actions/context.js';

const [stopService] = [...createActions().values()];

test('a step that took too long says what its action saw last', async () => {
  if (!stopService) throw new Error('there are actions');
  const action = {
    ...stopService,
    run: async (_input: unknown, { signal }: { signal: AbortSignal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new ActionError('1 of 2 pods ready');
    },
  };
  const hands = { action: () => action, context: (_step: unknown, signal: AbortSignal) => contextWith({ signal }) };
  expect(await attempt(aStep(0), hands, new AbortController(), { ms: 20, code: 'timeout' })).toEqual({
    kind: 'failed',
    error: { code: 'timeout', message: 'no end after 0.0 s; 1 of 2 pods ready' },
    retryable: true,
  });
});

test('a check that fails says that the step itself was done', async () => {
  if (!stopService) throw new Error('there are actions');
  const refusal = new ActionError('the query gave 0 rows. Nothing was changed.', { untouched: true, retryable: false });
  const done = { ...stopService, name: 'step', run: async () => ({ summary: 'done' }) };
  const check = { ...stopService, name: 'check', run: () => Promise.reject(refusal) };
  const hands = {
    action: (name: string) => (name === 'check' ? check : done),
    context: (_step: unknown, signal: AbortSignal) => contextWith({ signal }),
  };
  const step = aStep(0, { verify: { action: 'check', input: {} } });
  expect(await attempt(step, hands, new AbortController(), { ms: 60_000, code: 'timeout' })).toEqual({
    kind: 'failed',
    error: {
      code: 'action_failed',
      message: 'it was done, but its check says: the query gave 0 rows. Nothing was changed.',
    },
    retryable: false,
  });
});
