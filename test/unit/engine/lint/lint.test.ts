import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lintTexts } from '../../../support/lint.js';

const risky = '- { action: run_command, with: { command: [ls] }, idempotent: true }';

describe('a comment silences a rule for the next line', () => {
  test('and no other rule, and no other line', async () => {
    const text = (comment: string) => `id: a\nsteps:\n  ${comment}\n  ${risky}\n  ${risky}\n`;
    const rules = async (comment: string) =>
      (await lintTexts([text(comment)])).map(({ rule, line }) => `${line} ${rule}`);
    expect(await rules('# nothing')).toEqual(['4 no-rollback', '5 no-rollback']);
    expect(await rules('# reviver-lint-disable-next-line no-rollback')).toEqual(['5 no-rollback']);
    expect(await rules('# reviver-lint-disable-next-line no-verify, secret')).toEqual([
      '4 no-rollback',
      '5 no-rollback',
    ]);
  });

  test('and one that names no rule says so', async () => {
    const text = `id: a\nsteps:\n  # reviver-lint-disable-next-line no-rolback\n  - "notify: hi"\n`;
    expect(await lintTexts([text])).toMatchObject([{ rule: 'unknown-rule', severity: 'warning', line: 3 }]);
  });
});

describe('what cannot be read is a finding', () => {
  test('each mistake of form with its place and a suggestion', async () => {
    expect(await lintTexts(['id: a\nstepps: []\nrisk: 3'])).toMatchObject([
      { line: 3, column: 1, rule: 'form', says: 'risk: 3 is not allowed; expected a number of at most 1.' },
      { line: 2, column: 1, rule: 'form', mend: 'Did you mean steps?' },
    ]);
  });

  test('broken YAML', async () => {
    expect(await lintTexts(['id: a\nsteps:\n\t- x'])).toMatchObject([
      { line: 3, column: 1, says: 'Tabs are not allowed as indentation.' },
    ]);
  });

  test('what stands in it cannot steer a terminal', async () => {
    const found = await lintTexts(['id: a\nsteps: ["x\\u001b[2J: y"]']);
    expect(JSON.stringify(found)).not.toContain('\\u001b');
    expect(found).not.toEqual([]);
  });
});

test('the shipped runbook has nothing to mend', async () => {
  expect(await lintTexts([readFileSync('runbooks/redis_outage.yaml', 'utf8')])).toEqual([]);
});

describe('whatever stands in a file, lint ends with findings', () => {
  const words = [
    'id',
    'steps',
    'action',
    'with',
    'when',
    'parallel',
    'sub_runbook',
    'notify',
    'stop_service: redis',
    '{{ params.x }}',
    '{{',
    '{% for',
    'verify',
    'rollback',
    'none',
    'constructor',
    '__proto__',
    'params',
    'a',
  ];
  const leaf = fc.oneof(
    fc.constantFrom(...words),
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...words), tie('tree'), { maxKeys: 5 }),
    ),
  }));

  test('trees of its own words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { minLength: 1, maxLength: 4 }), tree, async (some, other) => {
        await expect(lintTexts([JSON.stringify({ id: 'a', steps: some, params: other })])).resolves.toBeInstanceOf(
          Array,
        );
      }),
      { numRuns: 300 },
    );
  });

  test('texts that are nearly YAML', async () => {
    const marks = [
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '"',
      "'",
      '|',
      '>',
      '#',
      '? ',
      '!!',
      '---\n',
      '\t',
      '%',
      '\u0000',
      ...words,
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...marks), { maxLength: 60 }), async (parts) => {
        await expect(lintTexts([parts.join('')])).resolves.toBeInstanceOf(Array);
      }),
      { numRuns: 1_000 },
    );
  });
});
