import { describe, expect, test } from '@jest/globals';
import { createHands } from '../../../src/app/hands.js';
import type { StepOutput } from '../../../src/engine/recovery/progress.js';
import { createSecrets } from '../../../src/engine/secrets/secrets.js';
import { aSnapshot, aStep, NO_SNAPSHOTS } from '../../support/builders.js';
import { NO_BACKUPS } from '../engine/actions/context.js';

const refuse = (): never => {
  throw new Error('this test gives no such thing');
};
const hands = createHands({
  actions: new Map(),
  services: () => [],
  runtime: refuse,
  monitored: refuse,
  care: { list: refuse, hasten: refuse },
  docker: { ask: refuse },
  clusters: refuse,
  exec: refuse,
  backups: NO_BACKUPS,
  snapshots: NO_SNAPSHOTS,
  breakers: { open: refuse, reset: refuse, look: refuse },
  secrets: createSecrets([]),
  dataDir: '/nowhere',
  installation: 'test',
  now: () => new Date(),
  log: () => {},
});

const result = { plan: 'R-7_0.00' };
const done = { state: 'succeeded', result } as const;
const steps = [
  aStep(0, { id: 'plan', ...done }),
  aStep(1, { id: 'inner_plan' }),
  aStep(2, { id: 'apply' }),
  aStep(3, { id: 'inner_apply', scope: { prefix: 'inner_', service: 'redis', params: {} } }),
  aStep(4, { id: 'failed', state: 'failed', result }),
  aStep(5, { id: 'undo', kind: 'undo', undoes: 0, ...done }),
];
const seenBy = (position: number, id: string) => {
  const step = steps[position] ?? aStep(position);
  const context = hands(aSnapshot(steps, { id: 7 }), { lines: [], effects: [] }).context(
    step,
    new AbortController().signal,
  );
  return context.step(id);
};

test('what a step says is kept without secrets, for the log and for people', async () => {
  const output: StepOutput = { lines: [], effects: [] };
  const context = hands(aSnapshot(steps, { id: 7 }), output).context(aStep(0), new AbortController().signal);
  context.log('password=hunter2', { url: 'redis://:hunter2@x' });
  await context.notify('Authorization: Bearer abc');
  expect(output).toMatchObject({
    lines: [{ message: 'password=•••', facts: { url: 'redis://:•••@x' } }],
    effects: [{ payload: { text: 'Authorization: Bearer •••' } }],
  });
});

describe('a step', () => {
  test('sees another one of its recovery, with its result once it has succeeded', () => {
    expect(seenBy(2, 'plan')).toEqual({ runKey: 'R-7/0', result });
    expect(seenBy(2, 'inner_plan')).toEqual({ runKey: 'R-7/1' });
    expect(seenBy(2, 'failed')).toEqual({ runKey: 'R-7/4' });
  });

  test('that came with another runbook sees the steps of that one by their own ids first', () => {
    expect(seenBy(3, 'plan')).toEqual({ runKey: 'R-7/1' });
    expect(seenBy(3, 'apply')).toEqual({ runKey: 'R-7/3' });
  });

  test('sees no undo, and nothing that is not there', () => {
    expect(seenBy(2, 'undo')).toBeUndefined();
    expect(seenBy(2, 'plann')).toBeUndefined();
  });
});
