import { describe, expect, test } from '@jest/globals';
import { ask } from '../../../../src/engine/actions/ask.js';
import { notify } from '../../../../src/engine/actions/notify.js';
import { runCommand } from '../../../../src/engine/actions/run-command.js';
import { waitFor } from '../../../../src/engine/actions/wait-for.js';
import { contextWith } from './context.js';

describe('notify', () => {
  test('sends its message once', async () => {
    const told: string[] = [];
    const ctx = contextWith({ notify: async (message) => void told.push(message) });
    expect(await notify.run({ message: 'redis is back' }, ctx, {})).toEqual({ summary: 'told' });
    expect(told).toEqual(['redis is back']);
  });
});

describe('ask', () => {
  test('gives the answer that was noted, else that it was confirmed', async () => {
    const input = { question: 'Fail over?', choices: ['yes', 'no'] };
    expect(await ask.run(input, contextWith(), { answer: 'yes' })).toEqual({ summary: 'yes', answer: 'yes' });
    expect(await ask.run(input, contextWith(), {})).toMatchObject({ summary: 'confirmed' });
    expect(await ask.preview?.(input, contextWith())).toBe('would ask: Fail over? (yes, no)');
  });
});

test.each([notify, ask, waitFor])('$name can be repeated after a crash', async (action) => {
  const inputs: Record<string, { [key: string]: string }> = {
    notify: { message: 'x' },
    ask: { question: 'x' },
    wait_for: { tcp: 'a:1' },
  };
  expect(await action.probe?.(inputs[action.name] ?? {}, {}, contextWith())).toMatchObject({ outcome: 'not_done' });
  expect(action.idempotent).toBe(true);
});

test('a call whose stored input no longer fits is refused before anything is done', async () => {
  await expect(runCommand.run({ command: 'ls' }, contextWith(), {})).rejects.toThrow(
    /run_command\.command: "ls" is not allowed/,
  );
});
