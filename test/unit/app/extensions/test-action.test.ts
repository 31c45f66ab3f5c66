import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { ActionDefinition } from '../../../../src/app/extensions/definition.js';
import { actionsOf } from '../../../../src/app/extensions/trial/parts.js';
import { type TrialOptions, testAction } from '../../../../src/app/extensions/trial/test-action.js';
import { defineAction } from '../../../../src/engine/actions/define-action.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trial-'));
});
afterEach(() => rm(folder, { recursive: true }));

const input = z.strictObject({ file: z.string() });
type Mark = ActionDefinition<z.output<typeof input>>;

const mark: Mark = {
  name: 'mark',
  risk: 0.1,
  idempotent: false,
  input,
  look: async ({ file }) => ({ there: existsSync(file) }),
  run: async ({ file }) => {
    await writeFile(file, 'x');
    return { summary: 'marked' };
  },
  probe: async ({ file }) => ({ outcome: existsSync(file) ? 'done' : 'not_done', evidence: 'looked for it' }),
  inverse: ({ file }) => ({ action: 'run_command', input: { command: ['rm', file] } }),
  preview: async ({ file }) => `would write ${file}`,
};

async function tried(over: Partial<Mark> = {}, options: Partial<TrialOptions> = {}) {
  const action = (await actionsOf(({ registerAction }) => registerAction({ ...mark, ...over }))).get('mark');
  if (!action) throw new Error('not registered');
  return testAction(action, { input: { file: join(folder, 'mark') }, folders: [folder], ...options });
}

test('an action that keeps its promises tells what it did', async () => {
  const file = join(folder, 'mark');
  expect(await tried()).toEqual({
    title: 'mark',
    preview: `would write ${file}`,
    before: { there: false },
    result: { summary: 'marked' },
    inverse: { action: 'run_command', input: { command: ['rm', file] } },
    said: [],
  });
});

describe('one sentence says which promise is broken', () => {
  test.each<[string, Partial<Mark>, string]>([
    [
      'a preview with an effect',
      { preview: async ({ file }) => writeFile(file, '').then(() => 'harmless') },
      'mark: its preview had an effect.',
    ],
    [
      'a look with an effect',
      { look: async ({ file }) => writeFile(file, '').then(() => ({})) },
      'mark: its look had an effect.',
    ],
    [
      'a probe with an effect',
      { probe: async ({ file }) => appendFile(file, '').then(() => ({ outcome: 'not_done', evidence: 'none' })) },
      'mark: its probe had an effect.',
    ],
    [
      'a probe that is always sure',
      { probe: async () => ({ outcome: 'done', evidence: 'surely' }) },
      'mark: its probe said done before it ran (surely); expected not_done.',
    ],
    [
      'a probe that sees nothing',
      { probe: async () => ({ outcome: 'not_done', evidence: 'nothing' }) },
      'mark: its probe said not_done after it had run (nothing); expected done.',
    ],
    ['a risk that goes too high', { risk: () => 7 }, 'mark: its risk for this input is 7; expected 0 to 1.'],
    ['an empty title', { title: () => ' ' }, 'mark: its title for this input is empty.'],
    ['a preview of two lines', { preview: async () => 'a\nb' }, 'mark: its preview has more than one line.'],
    [
      'a preview that runs a program',
      { preview: async (_input, ctx) => (await ctx.exec(['true'], {})).stdout },
      'it must have no effect here: exec and notify are for run',
    ],
    [
      'a claim to be idempotent',
      {
        idempotent: true,
        run: async ({ file }) => {
          await writeFile(file, 'x', { flag: 'wx' });
          return {};
        },
      },
      'EEXIST',
    ],
  ])('%s', async (_what, over, sentence) => {
    await expect(tried(over)).rejects.toThrow(sentence);
  });

  test('a look that gives what JSON does not have', async () => {
    const odd = { look: async () => Object({ at: () => 1 }) };
    await expect(tried(odd)).rejects.toThrow('mark: its look gave something that JSON does not have.');
  });

  test('an input that drops what it does not know', async () => {
    const drops = defineAction({
      name: 'drops',
      description: '',
      version: 1,
      risk: 0,
      idempotent: true,
      timeoutMs: 1_000,
      input: z.object({ file: z.string() }),
      services: () => [],
      title: () => 'Drop',
      run: async () => ({}),
    });
    await expect(testAction(drops, { input: { file: 'a' } })).rejects.toThrow(
      'drops: an unknown field is not refused by its name; use z.strictObject.',
    );
  });

  test('an action that does not heed its signal', async () => {
    const [gate, begun] = [new AbortController(), new AbortController()];
    const opened = (door: AbortController) => once(door.signal, 'abort');
    const underWay = opened(begun);
    const deaf: Partial<Mark> = {
      run: async () => {
        begun.abort();
        await opened(gate);
        return {};
      },
    };
    await expect(tried(deaf, { underWay: () => underWay })).rejects.toThrow(
      'mark: it did not end within 5000 ms of the abort.',
    );
    gate.abort();
  }, 15_000);
});

test('an action that takes long is aborted in the middle, and then runs to its end', async () => {
  const begun = join(folder, 'begun');
  const waits: Partial<Mark> = {
    run: async ({ file }, ctx) => {
      await appendFile(begun, 'x');
      await delay(150, undefined, { signal: ctx.signal });
      await writeFile(file, 'x');
      return {};
    },
  };
  const underWay = async () => {
    while (!existsSync(begun)) await delay(5);
  };
  await tried(waits, { underWay });
  expect(await readFile(begun, 'utf8')).toBe('xx');
});
