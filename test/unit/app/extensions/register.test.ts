import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { checkAction } from '../../../../src/app/extensions/check-definition.js';
import type { Registry } from '../../../../src/app/extensions/definition.js';
import { namesOfReviver, register } from '../../../../src/app/extensions/register.js';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';

const good = {
  name: 'drain',
  risk: 0.1,
  idempotent: true,
  input: z.strictObject({ queue: z.string() }),
  run: async () => ({}),
};
const FUNCTION = 'expected a function';

function mistake(work: () => void): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'accepted';
}

describe('an action of an extension', () => {
  test.each<[string, object, string]>([
    ['without a name', { name: undefined }, 'action (without a name).name: missing is not allowed; expected a name of'],
    ['with a name of two words', { name: 'drain queue' }, 'action "drain queue".name: "drain queue" is not allowed'],
    ['without a risk', { risk: undefined }, 'action "drain".risk: missing is not allowed; expected a number from 0'],
    ['with a risk above 1', { risk: 2 }, 'action "drain".risk: 2 is not allowed; expected a number from 0'],
    ['with a risk in words', { risk: 'low' }, 'action "drain".risk: "low" is not allowed; expected a number from 0'],
    [
      'without idempotent',
      { idempotent: undefined },
      'action "drain".idempotent: missing is not allowed; expected true',
    ],
    ['without run', { run: undefined }, `action "drain".run: missing is not allowed; ${FUNCTION} (input, ctx, before)`],
    ['with a run that is no function', { run: 'ls' }, `action "drain".run: "ls" is not allowed; ${FUNCTION}`],
    ['without input', { input: undefined }, 'action "drain".input: missing is not allowed; expected a schema of zod 4'],
    [
      'with a plain object as input',
      { input: { queue: 'string' } },
      'expected a schema of zod 4, such as z.strictObject',
    ],
    [
      'with an input that drops what it does not know',
      { input: z.object({ queue: z.string() }) },
      'expected z.strictObject',
    ],
    ['with a misspelt member', { timeoutMS: 5 }, 'did you mean timeoutMs?'],
    ['with a member nobody knows', { colour: 'red' }, 'action "drain".colour: "red" is not allowed; expected one of'],
    ['with a version of 0', { version: 0 }, 'action "drain".version: 0 is not allowed; expected a whole number from 1'],
    ['with a timeout of two days', { timeoutMs: 2 * 86_400_000 }, 'action "drain".timeoutMs: 172800000 is not allowed'],
    [
      'with a short form of no field',
      { shorthand: 'que' },
      'action "drain".shorthand: "que" is not allowed; expected one of the fields of its input: queue',
    ],
    ['with both names of a preview', { preview: () => '', dryRun: () => '' }, 'either preview or dryRun'],
  ])('%s is refused', (_what, wrong, message) => {
    expect(mistake(() => checkAction({ ...good, ...wrong }))).toContain(message);
  });

  test.each([null, undefined, 'drain', 5, []])('that is %j is refused', (given) => {
    expect(mistake(() => checkAction(given))).toMatch(/^action \(without a name\)/);
  });

  test.each([
    ['a record', z.record(z.string(), z.any())],
    ['either of two', z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })])],
    ['with a rule', z.strictObject({ a: z.string() }).refine(() => true)],
    ['loose on purpose', z.looseObject({ a: z.string() })],
  ])('may have an input that is %s', (_what, input) => {
    expect(mistake(() => checkAction({ ...good, input }))).toBe('accepted');
  });

  test.each([...BUILT_IN_ACTIONS.values()].map((action) => [action.name, action] as const))(
    'is held to what %s is held to',
    (_name, action) => checkAction(action),
  );
});

describe('what an extension registers', () => {
  const registers = (work: (registry: Registry) => void | Promise<void>, taken = namesOfReviver()) =>
    register(work, 'a.mjs', taken).then(
      ({ actions, strategies }) => [...actions, ...strategies].map(({ name }) => name),
      (error: Error) => error.message,
    );

  test('has defaults for what it does not say, and reads its input as it was declared', async () => {
    const { actions } = await register(({ registerAction }) => registerAction(good), 'a.mjs', namesOfReviver());
    expect(actions).toEqual([
      expect.objectContaining({ name: 'drain', version: 1, timeoutMs: 30_000, description: '' }),
    ]);
    const [drain] = actions;
    expect(drain?.title({ queue: 'a' })).toBe('drain');
    expect(() => drain?.title({ queu: 'a' })).toThrow('did you mean queue?');
  });

  test('may come from a function that waits', async () => {
    const late = async ({ registerAction }: Registry) => {
      await Promise.resolve();
      registerAction(good);
    };
    expect(await registers(late)).toEqual(['drain']);
  });

  test.each<[string, (registry: Registry) => void, string]>([
    [
      'an action of Reviver',
      ({ registerAction }) => registerAction({ ...good, name: 'stop_service' }),
      'Reviver itself has this one',
    ],
    [
      'a group of steps',
      ({ registerAction }) => registerAction({ ...good, name: 'parallel' }),
      'Reviver itself has this one',
    ],
    [
      'a strategy of Reviver',
      ({ registerStrategy }) => registerStrategy({ name: 'restart', compile: () => undefined }),
      'Reviver itself has this one',
    ],
    [
      'an action of its own',
      ({ registerAction }) => {
        registerAction(good);
        registerAction(good);
      },
      'a name that is free; a.mjs has this one',
    ],
  ])('may not have the name of %s', async (_what, work, message) => {
    expect(await registers(work)).toContain(message);
  });

  test('may not have a name that another extension has', async () => {
    const taken = namesOfReviver();
    await register(({ registerAction }) => registerAction(good), 'first.mjs', taken);
    expect(await registers(({ registerAction }) => registerAction(good), taken)).toContain('first.mjs has this one');
  });

  test('may not come after its function has ended', async () => {
    let later = (): void => {};
    await registers(({ registerAction }) => {
      later = () => registerAction(good);
    });
    expect(mistake(later)).toBe(
      'action "drain" was registered after the extension\'s function had ended; await what it waits for',
    );
  });
});
