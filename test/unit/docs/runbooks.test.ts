import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BUILT_IN_ACTIONS } from '../../../src/engine/actions/actions.js';
import { LAST_RULE, RULES } from '../../../src/engine/lint/rules.js';
import { DEFAULT_RETRY_POLICY, RETRY_STRATEGIES } from '../../../src/engine/model/retry-policy.js';
import { compileRunbook } from '../../../src/engine/planner/compile.js';
import { parseRunbook } from '../../../src/engine/planner/load-runbooks.js';
import { retrySchema, runbookSchema } from '../../../src/engine/planner/runbook.js';
import { runbookTestSchema } from '../../../src/engine/planner/runbook-test.js';
import { STRATEGIES } from '../../../src/engine/planner/strategies/strategies.js';
import { aService, NO_SNAPSHOTS, ONE_BACKUP } from '../../support/builders.js';
import { blocks, codes, docText, tableRows } from './markdown.js';

const page = docText('docs/runbooks.md');
const [readme = ''] = blocks(docText('README.md'), 'yaml');

const redis = aService('redis');
const context = {
  actions: BUILT_IN_ACTIONS,
  backups: ONE_BACKUP,
  snapshots: NO_SNAPSHOTS,
  pools: ['default'],
  service: redis,
  services: [redis, aService('postgres'), aService('shop-web')],
  runbooks: [
    parseRunbook('{ id: web_up, params: { within: {} }, steps: ["start_service: shop-web"] }', 'web_up.yaml'),
    parseRunbook('{ id: tell_everyone, steps: ["notify: up"] }', 'tell_everyone.yaml'),
  ],
  params: {},
  incident: { title: '', severity: 0 },
};
const compiled = async (text: string, file: string) => (await compileRunbook(parseRunbook(text, file), context)).steps;

describe('runbooks in the documents', () => {
  test('the one of the README has 15 lines and compiles with the real actions', async () => {
    expect(readme.trimEnd().split('\n')).toHaveLength(15);
    const steps = await compiled(readme, 'README.md');
    expect(steps.map(({ action }) => action)).toEqual([
      'stop_service',
      'restore_backup',
      'start_service',
      'check_health',
    ]);
  });

  test('those of the page compile too', async () => {
    const all = blocks(page, 'yaml');
    expect(all).not.toHaveLength(0);
    for (const text of all) expect(await compiled(text, 'docs/runbooks.md')).not.toHaveLength(0);
  });

  test('a mistake in one would be noticed', async () => {
    await expect(
      compiled(readme.replace('action: restore_backup', 'action: restore_backups'), 'README.md'),
    ).rejects.toThrow(/did you mean restore_backup/);
    await expect(compiled(readme.replace('timeout:', 'timout:'), 'README.md')).rejects.toThrow(/Did you mean timeout/);
  });
});

describe('docs/runbooks.md', () => {
  test('describes every key of a runbook and of a step, and no other', () => {
    expect(keysOf('The runbook')).toEqual(Object.keys(runbookSchema.shape).sort());
    expect(keysOf('A step')).toEqual(stepKeys());
    for (const key of Object.keys(retrySchema.shape)) expect(page).toContain(`${key}`);
  });

  test('lists every action with what is true of it', () => {
    const rows = tableRows(page, 'Actions').map(([name = '', shorthand = '', risk, idempotent]) => [
      codes(name)[0],
      codes(shorthand)[0],
      risk,
      idempotent,
    ]);
    const actions = [...BUILT_IN_ACTIONS.values()].map(({ name, shorthand, risk, idempotent }) => [
      name,
      shorthand,
      typeof risk === 'number' ? String(risk) : expect.stringMatching(/^by |, down /),
      idempotent ? 'yes' : 'no',
    ]);
    expect(rows).toEqual(actions);
  });

  test('names the inputs of every action', () => {
    for (const { name, input } of BUILT_IN_ACTIONS.values()) {
      const row =
        tableRows(page, 'Actions')
          .find(([first]) => first === `\`${name}\``)
          ?.join(' ') ?? '';
      for (const key of Object.keys(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }).properties ?? {}))
        expect(`${name}: ${row}`).toMatch(new RegExp(`\`${key}\\b`));
    }
  });

  test('lists the rules of lint with what is true of them', () => {
    const rows = tableRows(page, 'lint').map(([rule = '', ...rest]) => [codes(rule)[0], ...rest]);
    expect(rows).toEqual([...RULES, LAST_RULE].map(({ id, severity, why, fix }) => [id, severity, why, fix]));
  });

  test('describes every key of a test', () => {
    expect(keysOf('test')).toEqual(Object.keys(runbookTestSchema.shape).sort());
  });

  test('has the strategies and the retry defaults of the code', () => {
    for (const name of [...STRATEGIES.keys(), ...RETRY_STRATEGIES]) expect(page).toContain(`\`${name}\``);
    const { strategy, maxRetryAttempts, initialDelayMs, backoffMultiplier, maxDelayMs } = DEFAULT_RETRY_POLICY;
    expect(page).toContain(
      `${strategy}, ${maxRetryAttempts} attempts, ${initialDelayMs} ms, times ${backoffMultiplier}, at most ${maxDelayMs} ms`,
    );
  });
});

function keysOf(heading: string): string[] {
  return tableRows(page, heading)
    .flatMap(([first = '']) => codes(first))
    .sort();
}

/** The long form's keys, read off the schema: the only object among the forms of a step. */
function stepKeys(): string[] {
  const { items } = z
    .object({
      items: z.object({ anyOf: z.array(z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() })) }),
    })
    .parse(z.toJSONSchema(runbookSchema.shape.steps, { io: 'input', unrepresentable: 'any' }));
  return items.anyOf.flatMap(({ properties = {} }) => Object.keys(properties)).sort();
}
