import { describe, expect, test } from '@jest/globals';
import { checkCondition, holds } from '../../../../src/engine/planner/expressions.js';

describe('a condition', () => {
  const facts = {
    incident: { severity: 0.9 },
    params: {},
    steps: { stop: { state: 'succeeded', result: { keys: 1_204 } } },
  };

  test.each([
    ['incident.severity >= 0.5', true],
    ['incident.severity < 0.5', false],
    ['steps.stop.result.keys > 1000', true],
    ['has(params.backup) && params.backup == "x"', false],
    ['true', true],
  ])('%s is %p', async (expression, expected) => expect(await holds(expression, facts, 'when')).toBe(expected));

  test.each<[string, string]>([
    ['incident.severity', 'a CEL condition that gives true or false'],
    ['"yes"', 'a CEL condition that gives true or false'],
    ['params.backup == "x"', 'a CEL condition (No such key: backup)'],
    ['process.exit(1)', 'a CEL condition ('],
    ['incident.severity >=', 'a CEL condition ('],
  ])('%s is refused', async (expression, allowed) => {
    await expect(holds(expression, facts, 'a.when')).rejects.toThrow(
      `a.when: "${expression}" is not allowed; expected ${allowed}`,
    );
  });
});

test('what is no CEL is found before anything is evaluated; whether its names exist is not', async () => {
  await expect(checkCondition('incident.severity >=', 'a.steps[0].when')).rejects.toThrow(
    /^a\.steps\[0\]\.when: "incident\.severity >=" is not allowed/,
  );
  await expect(checkCondition('whatever.it.is', 'x')).resolves.toBeUndefined();
});

test('a broken condition is refused each time, not only the first time', async () => {
  for (let time = 0; time < 2; time += 1) await expect(holds('((', {}, 'x')).rejects.toThrow(/^x: /);
});
