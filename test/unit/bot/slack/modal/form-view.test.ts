import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FormChoices } from '../../../../../src/bot/port.js';
import { formView, loadingView, messageView } from '../../../../../src/bot/slack/modal/form-view.js';
import { nameOf, optionValue } from '../../../../../src/bot/slack/modal/option-value.js';
import { WORDS } from '../../../../../src/bot/slack/words.js';
import { modalView } from '../../../../platforms/slack/blocks.js';
import { fuzzRuns } from '../../../../support/fuzz.js';

const LANGUAGES = [WORDS.en, WORDS.ru];
const refusal = (view: unknown) => modalView.safeParse(view).error;

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
);
const names = (maxLength: number) => fc.uniqueArray(name, { maxLength });
const choices: fc.Arbitrary<FormChoices> = fc
  .tuple(names(150), names(20), names(20))
  .chain(([services, runbooks, strategies]) =>
    fc.record({
      services: fc.constant(services.map((each) => ({ name: each, runbooks, strategies }))),
      parameters: fc
        .array(
          fc.record(
            { name, type: fc.constantFrom('string', 'number', 'boolean'), default: fc.string({ maxLength: 2_000 }) },
            { requiredKeys: ['name', 'type'] },
          ),
          { maxLength: 30 },
        )
        .map((parameters) => Object.fromEntries(runbooks.map((runbook) => [runbook, parameters]))),
    }),
  );

describe('the form', () => {
  test('is a view that Slack takes, whatever there is to choose and was chosen', () => {
    fc.assert(
      fc.property(choices, fc.nat(), fc.constantFrom(...LANGUAGES), (given, seed, words) => {
        const service = given.services[seed % Math.max(1, given.services.length)];
        const runbook = service?.runbooks[seed % Math.max(1, service.runbooks.length)];
        const strategy = service?.strategies[0];
        const plans = [
          {},
          ...(runbook === undefined ? [] : [{ runbook }]),
          ...(strategy === undefined ? [] : [{ strategy }]),
        ];
        const chosen = service ? plans.map((plan) => ({ service: service.name, ...plan })) : [];
        for (const each of [{}, ...chosen]) expect(refusal(formView(given, each, words, '{}'))).toBeUndefined();
      }),
      { numRuns: fuzzRuns(60) },
    );
  });

  test.each(LANGUAGES)('its own words are within the limits', (words) => {
    for (const view of [loadingView(words, '{}'), messageView(words, '{}', words.noServices)])
      expect(refusal(view)).toBeUndefined();
    expect([words.formTitle, words.submit, words.close].map(({ length }) => length <= 24)).toEqual([true, true, true]);
    expect(words.back.length).toBeLessThanOrEqual(30);
  });

  test('a long name is shortened for Slack, and found again', () => {
    const long = ['a'.repeat(100), `${'a'.repeat(99)}b`];
    const values = long.map((each) => optionValue('runbook', each));
    expect(values.every(({ length }) => length <= 75)).toBe(true);
    expect(values.map((value) => nameOf(value, 'runbook', long))).toEqual(long);
    expect(nameOf('runbook:gone', 'runbook', long)).toBeUndefined();
  });
});
